"""The advice in the status line: what to do next, shown while there is no answer to a key."""

from __future__ import annotations

from bpengine import Trainer
from bptui.formatting import error_text
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH
from bptui.session.snapshot import State
from bpwords import Sentence, columns

_ARROWS = "less/more"

_READY = (
    Sentence(
        "{toggle_run} starts the training[; {up/down} choose a hyperparameter, {less/more} change it]"
        "[, {set} changes a setting]."
    ),
    Sentence(
        "{toggle_run} starts the training[; {up/down} choose a setting, {less/more} change it]"
        "[, {set} changes a setting]."
    ),
)
"""Each in its usual form, and shorter for long names of keys, such as those of the arrow keys in ASCII."""
_RUNNING = (
    Sentence(
        "Training[. {pause} pauses, {slower} slows down][, {less/more} change the chosen hyperparameter]."
    ),
    Sentence("Training[. {pause} pauses, {slower} slows down][, {less/more} change the chosen setting]."),
)
_PAUSED = (
    Sentence(
        "Paused. {toggle_run} continues, {step_epoch} trains one epoch"
        "[, {less/more} change a hyperparameter][, {set} changes a setting]."
    ),
    Sentence(
        "Paused. {toggle_run} continues, {step_epoch} trains one epoch"
        "[, {less/more} change a setting][, {set} changes a setting]."
    ),
)
_FINISHED = (
    Sentence(
        "Finished. {new_seed} restarts with new random weights"
        "[; {less/more} change something and compare][, {set} changes a setting]."
    ),
    Sentence(
        "Finished. {new_seed} restarts with new random weights"
        "[; {less/more} change a setting][, {set} changes a setting]."
    ),
)
_FINISHED_WORSE = Sentence("Finished: epoch error {first_error} at the start, {last_error} at the end.")
_AT_TARGET = Sentence("Finished at the target error. {new_seed} restarts with new random weights.")
_WITHOUT_PATIENCE = Sentence(
    "Finished: no lower error in {epochs} epochs. {new_seed} restarts with new random weights."
)
# Smaller steps do not help if the very first one was too large for a floating-point number.
_DIVERGED = Sentence(
    "Diverged in epoch {epoch}: steps too large. {rewind} goes back; lower the learning rate."
)
_DIVERGED_FOR_GOOD = Sentence(
    "Diverged in epoch {epoch}: steps too large. {restart} restarts; lower the learning rate."
)
_DIVERGED_AT_ONCE = Sentence(
    "Diverged in epoch {epoch}: huge weights or data. {rewind} goes back; lower the init scale."
)
_DIVERGED_AT_ONCE_FOR_GOOD = Sentence(
    "Diverged in epoch {epoch}: huge weights or data. {restart} restarts; lower the init scale."
)


def advice(trainer: Trainer, state: State) -> tuple[str, str]:
    """One line that suits the state of the run and how its error has developed.

    Args:
        trainer: the run.
        state: what the run is doing.

    Returns:
        The line, and the line without the part about the arrow keys, if they do not change settings.
    """
    match state:
        case State.READY:
            return _with_and_without_arrows(_READY)
        case State.RUNNING:
            return _with_and_without_arrows(_RUNNING)
        case State.PAUSED:
            return _with_and_without_arrows(_PAUSED)
        case State.FINISHED:
            return _of_finished(trainer)
        case State.DIVERGED:
            return _of_diverged(trainer), ""


def _with_and_without_arrows(versions: tuple[Sentence, Sentence]) -> tuple[str, str]:
    usual, shorter = versions
    text = usual()
    return text if columns(text) <= MAX_SENTENCE_LENGTH else shorter(), usual.without(_ARROWS)()


def _of_diverged(trainer: Trainer) -> str:
    epoch = trainer.divergence.epoch if trainer.divergence else 0
    at_once = not trainer.epochs_done and not trainer.samples_done
    if trainer.earliest > trainer.epochs_done:
        return (_DIVERGED_AT_ONCE_FOR_GOOD if at_once else _DIVERGED_FOR_GOOD)(epoch=epoch)
    return (_DIVERGED_AT_ONCE if at_once else _DIVERGED)(epoch=epoch)


def _of_finished(trainer: Trainer) -> tuple[str, str]:
    _, errors = trainer.history.curve()
    if len(errors) and errors[-1] > errors[0]:
        start, end = error_text(errors[0]), error_text(errors[-1])
        return _FINISHED_WORSE(first_error=start, last_error=end), ""
    match trainer.stop_reason:
        case "target error":
            return _AT_TARGET(), ""
        case "patience":
            return _WITHOUT_PATIENCE(epochs=trainer.config.patience), ""
        case _:
            return _with_and_without_arrows(_FINISHED)
