"""The advice in the status line: what to do next, shown while there is no answer to a key."""

from __future__ import annotations

from bpengine import Trainer
from bptui.commands import key_first, key_of, keys_of
from bptui.formatting import error_text
from bptui.session.comparison import MAX_SENTENCE_LENGTH
from bptui.session.snapshot import State


def advice(trainer: Trainer, state: State) -> tuple[str, str]:
    """One line that suits the state of the run and how its error has developed.

    Args:
        trainer: the run.
        state: what the run is doing.

    Returns:
        The line, and the line without the part about the arrow keys, if they do not change settings.
    """
    run, change = key_first("toggle_run"), keys_of("less", "more")
    match state:
        case State.READY:
            choose = keys_of("up", "down")
            sentence = f"{run} starts the training"
            return _ending(sentence, f"; {choose} choose a hyperparameter, {change} change it")
        case State.RUNNING:
            slower = key_of("slower")
            sentence = f"Training. {run} pauses, {slower} slows down"
            return _ending(sentence, f", {change} change the chosen hyperparameter")
        case State.PAUSED:
            step = key_of("step_epoch")
            sentence = f"Paused. {run} continues, {step} trains one epoch"
            return _ending(sentence, f", {change} change a hyperparameter")
        case State.FINISHED:
            return _of_finished(trainer)
        case State.DIVERGED:
            return _of_diverged(trainer)


def _ending(sentence: str, of_arrows: str) -> tuple[str, str]:
    """The sentence with and without this end.

    A shorter word is used if long names of keys (the arrow keys in ASCII) make it too long.
    """
    text = f"{sentence}{of_arrows}."
    shorter = text if len(text) <= MAX_SENTENCE_LENGTH else text.replace("hyperparameter", "setting")
    return shorter, f"{sentence}."


def _of_diverged(trainer: Trainer) -> tuple[str, str]:
    epoch = trainer.divergence.epoch if trainer.divergence else 0
    # Smaller steps do not help if the very first one was too large for a floating-point number.
    why = "steps too large" if trainer.epochs_done or trainer.samples_done else "huge weights or data"
    what = "learning rate" if trainer.epochs_done or trainer.samples_done else "init scale"
    if trainer.earliest > trainer.epochs_done:
        back = f"{key_of('restart')} restarts"
    else:
        back = f"{key_of('rewind')} goes back"
    return _ending(f"Diverged in epoch {epoch}: {why}. {back}; lower the {what}", "")


def _of_finished(trainer: Trainer) -> tuple[str, str]:
    _, errors = trainer.history.curve()
    if len(errors) and errors[-1] > errors[0]:
        start, end = error_text(errors[0]), error_text(errors[-1])
        return _ending(f"Finished: epoch error {start} at the start, {end} at the end", "")
    restarts = f"{key_of('new_seed')} restarts with new random weights"
    match trainer.stop_reason:
        case "target error":
            return _ending(f"Finished at the target error. {restarts}", "")
        case "patience":
            epochs = trainer.config.patience
            return _ending(f"Finished: no lower error in {epochs} epochs. {restarts}", "")
        case _:
            change = keys_of("less", "more")
            # Shorter if the keys have long names, as the arrow keys have in ASCII.
            what = "something and compare" if len(change) < 8 else "a setting"
            return _ending(f"Finished. {restarts}", f"; {change} change {what}")
