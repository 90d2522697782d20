"""What to do next, in a sentence, as long as no key has just been answered."""

from __future__ import annotations

from bpengine import Trainer
from bptui.formatting import error_text
from bptui.session.notices import COMPILING
from bptui.session.snapshot import State


def advice(trainer: Trainer, state: State, *, waiting: bool) -> str:
    """One line that suits the state and the course of the run.

    Args:
        trainer: the run.
        state: what the run is doing.
        waiting: whether the run waits for the compiled kernel.
    """
    if waiting and state is State.RUNNING:
        return COMPILING.text
    match state:
        case State.READY:
            return "Space starts the training; ↑↓ choose a hyperparameter, ←→ change it."
        case State.RUNNING:
            return "Learning. Space pauses, - slows down, ←→ change the chosen hyperparameter."
        case State.PAUSED:
            return "Paused. Space continues, s trains one epoch, ←→ change a hyperparameter."
        case State.FINISHED:
            return _of_finished(trainer)
        case State.DIVERGED:
            return _of_diverged(trainer)


def _of_diverged(trainer: Trainer) -> str:
    epoch = trainer.divergence.epoch if trainer.divergence else 0
    back = "r restarts" if trainer.earliest > trainer.epochs_done else "b goes back before it"
    return f"Diverged in epoch {epoch}: {back}; then lower the learning rate."


def _of_finished(trainer: Trainer) -> str:
    _, errors = trainer.history.curve()
    if len(errors) and errors[-1] > errors[0]:
        start, end = error_text(errors[0]), error_text(errors[-1])
        return f"Finished: epoch error {start} at the start, {end} at the end."
    match trainer.stop_reason:
        case "target error":
            return "Finished at the target error. R restarts with new random weights."
        case "patience":
            epochs = trainer.config.patience
            return f"Finished: no lower error in {epochs} epochs. R restarts with new random weights."
        case _:
            return "Finished. R restarts with new random weights; ←→ change something and compare."
