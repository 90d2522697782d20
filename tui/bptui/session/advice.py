"""What to do next, in a sentence, from where a run stands."""

from __future__ import annotations

from bpengine import Trainer
from bptui.session.snapshot import State


def advice(trainer: Trainer, state: State, *, waiting: bool) -> str:
    """One line for the state, and for what the run has come to.

    Args:
        trainer: the run.
        state: where it stands.
        waiting: whether it waits for the compiled kernel.
    """
    if waiting and state is State.RUNNING:
        return "numba is being made ready; the run begins as soon as it is."
    match state:
        case State.READY:
            return "Space starts the training; ↑↓ choose a hyperparameter, ←→ change it."
        case State.RUNNING:
            return "Learning. Space pauses, - slows down, ←→ change the chosen hyperparameter."
        case State.PAUSED:
            return "Paused. Space goes on, s trains one epoch, ←→ change a hyperparameter."
        case State.FINISHED:
            return _of_finished(trainer)
        case State.DIVERGED:
            epoch = trainer.divergence.epoch if trainer.divergence else 0
            return f"Diverged in epoch {epoch}: lower the learning rate or init scale, then press r."


def _of_finished(trainer: Trainer) -> str:
    _, errors = trainer.history.curve()
    if len(errors) and errors[-1] > errors[0]:
        return "Finished, with a higher error than at the start: try a smaller learning rate."
    match trainer.stop_reason:
        case "target error":
            return "Finished at the target error. R tries another random start."
        case "patience":
            return f"Finished: no better error in {trainer.config.patience} epochs. R tries another start."
        case _:
            return "Finished. R tries another random start; ←→ change something and compare."
