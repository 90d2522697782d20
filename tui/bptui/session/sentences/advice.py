"""The advice in the status line: what to do next, shown while there is no answer to a key."""

from __future__ import annotations

from bpengine import FIELD, Trainer
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH
from bptui.session.snapshot import Stage
from bpwords import Sentence, columns, joined, word
from bpwords.numbers import error_text

_READY = Sentence(
    "{toggle_run} starts the training[; {up/down} choose {what}, {less/more} change it]"
    "[, {set} changes a setting]."
)
_RUNNING = Sentence("Training[. {pause} pauses, {slower} slows down][, {less/more} change {what}].")
_PAUSED = Sentence(
    "Paused. {toggle_run} continues, {step_epoch} trains one epoch"
    "[, {less/more} change {what}][, {set} changes a setting]."
)
_FINISHED = Sentence(
    "Finished. {new_seed} restarts with new random weights"
    "[; {less/more} change {what}][, {set} changes a setting]."
)


def advice(trainer: Trainer, stage: Stage) -> tuple[str, str]:
    """One line that suits the stage of the run and how its error has developed.

    Args:
        trainer: the run.
        stage: what the run is doing.

    Returns:
        The line, and the line without the part about the arrow keys, if they do not change settings.
    """
    match stage:
        case Stage.READY:
            return _with_and_without_arrows(_READY, word("a hyperparameter"), word("a setting"))
        case Stage.RUNNING:
            what, shorter = word("the chosen hyperparameter"), word("the chosen setting")
            return _with_and_without_arrows(_RUNNING, what, shorter)
        case Stage.PAUSED:
            return _with_and_without_arrows(_PAUSED, word("a hyperparameter"), word("a setting"))
        case Stage.FINISHED:
            return _of_finished(trainer)
        case Stage.DIVERGED:
            return _of_diverged(trainer), ""


def _with_and_without_arrows(sentence: Sentence, what: str, shorter: str) -> tuple[str, str]:
    """The sentence with and without what the arrow keys change; shorter if these keys have long names."""
    text = sentence(what=what)
    if columns(text) > MAX_SENTENCE_LENGTH:
        text = sentence(what=shorter)
    return text, sentence.without("less/more")(what="")


def _of_diverged(trainer: Trainer) -> str:
    epoch = trainer.divergence.epoch if trainer.divergence else 0
    # Smaller steps do not help if the very first one was too large for a floating-point number.
    if trainer.epochs_done or trainer.samples_done:
        why, label = Sentence("Diverged in epoch {epoch}: steps too large."), FIELD["learning_rate"].said
    else:
        why, label = Sentence("Diverged in epoch {epoch}: huge weights or data."), FIELD["init_scale"].said
    if trainer.earliest > trainer.epochs_done:
        return joined(why(epoch=epoch), Sentence("{restart} restarts; lower the {label}.")(label=label))
    return joined(why(epoch=epoch), Sentence("{rewind} goes back; lower the {label}.")(label=label))


def _of_finished(trainer: Trainer) -> tuple[str, str]:
    _, errors = trainer.history.curve()
    if len(errors) and errors[-1] > errors[0]:
        worse = Sentence("Finished: epoch error {before} at the start, {error} at the end.")
        return worse(before=error_text(errors[0]), error=error_text(errors[-1])), ""
    match trainer.stop_reason:
        case "target error":
            return Sentence(
                "Finished at the target error. {new_seed} restarts with new random weights."
            )(), ""
        case "patience":
            in_vain = Sentence(
                "Finished: no lower error in {epochs} epochs. {new_seed} restarts with new random weights."
            )
            return in_vain(epochs=trainer.config.patience), ""
        case _:
            return _with_and_without_arrows(_FINISHED, word("something and compare"), word("a setting"))
