"""What keeps a run from learning and what to try: the sentences that come first in the status line."""

from __future__ import annotations

import math

from bpengine import FIELD, Dataset, Diagnostics, Finding, Trainer, findings
from bpengine.arithmetic.arrays import Array
from bpengine.explain.diagnostics import Diagnosis
from bpengine.explain.diagnostics.verdict import NO_ERROR, FindingKind
from bpengine.network.losses import means
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH
from bptui.session.snapshot import LearningProblem, NetworkValues, RunProgress, Stage
from bpwords import Sentence, capitalized, columns, joined, word
from bpwords.numbers import error_text

LEARNS_NOTHING = 0.995
"""A network has learned nothing if its error is at least this part of that of the best constant output."""
HARDLY_FALLS = 0.9
"""The errors hardly fall if their mean is at least this part of what it was before."""
FEWEST_EPOCHS = 20
"""The epochs after which a run that learns nothing is mentioned: many runs begin on a plateau."""

_SUITS = Sentence("The settings that suit this data set are not set ({settings}): {advise} tries them.")
_SUITS_BRIEFLY = Sentence("Nothing is learned so far: {settings} would suit ({advise} tries it).")
_BREAKS_THE_TIE = {
    "restart with an init scale above 0": Sentence("an init scale above 0"),
    "restart with another initializer": Sentence("another initializer"),
}


def problem_of(run: RunProgress, network: NetworkValues, source: Dataset | None) -> LearningProblem | None:
    """That the units of a layer are equal or, otherwise, that nothing is learned; None if neither is known.

    The advice of a diverged run says by itself what is wrong.

    Args:
        run: the run.
        network: its network.
        source: the user's own samples; None for others.
    """
    diagnosis = network.diagnosis
    if diagnosis is None or diagnosis.has_diverged:
        return None
    if not any(diagnosis.equal_units) and not _learns_nothing(run, diagnosis):
        return None  # without a diagnosis at each frame, which takes milliseconds
    diagnostics = diagnosis.diagnostics
    by_kind = {finding.kind: finding for finding in reversed(findings(diagnostics))}
    if FindingKind.EQUAL_UNITS in by_kind:
        return _equal_units(diagnostics, by_kind[FindingKind.EQUAL_UNITS])
    return _nothing_learned(diagnostics, by_kind, source) if FindingKind.OVERFLOW not in by_kind else None


def _equal_units(diagnostics: Diagnostics, finding: Finding) -> LearningProblem:
    if len(diagnostics.hidden) == 1:
        start = Sentence("All {units} hidden units are equal")(units=len(finding.units))
    else:
        equal = Sentence("All {units} units of layer {layer} are equal")
        start = equal(units=len(finding.units), layer=finding.layer)
    if diagnostics.config.dropout > 0:
        apart = Sentence("{start} so far; dropout leaves out some of them, so that they can grow apart.")
        return LearningProblem(apart(start=start), (Sentence("{start} so far.")(start=start),))
    stay = Sentence("{start} and stay equal.")(start=start)
    if finding.remedy not in _BREAKS_THE_TIE:
        why = Sentence("{start}, and equal units get equal gradients: they stay equal.")
        return LearningProblem(why(start=start), (stay,))
    remedy = _BREAKS_THE_TIE[finding.remedy]()
    breaks = Sentence(
        "{start}, and equal units get equal gradients: they stay equal. {remedy} breaks the tie."
    )
    helps = Sentence("{start}, and equal units get equal gradients: {remedy} helps.")
    stays = Sentence("{start} and stay equal: {remedy} helps.")
    shorter = helps(start=start, remedy=remedy), stays(start=start, remedy=remedy)
    return LearningProblem(breaks(start=start, remedy=capitalized(remedy)), shorter)


def _learns_nothing(run: RunProgress, diagnosis: Diagnosis) -> bool:
    """Whether no error of the last half of the epochs, and not the error now, was below a constant output's.

    The errors must also have stopped falling: the mean of the last quarter is hardly below that of the one
    before. Whole quarters are compared, so that noise does not make the sentence come and go.
    """
    epochs, errors = run.curve
    if len(epochs) < 4 or epochs[-1] < FEWEST_EPOCHS:
        return False
    half, quarter = (int(epochs.searchsorted(epochs[-1] * share)) for share in (0.5, 0.75))
    has_stopped = _mean(errors[quarter:]) >= HARDLY_FALLS * _mean(errors[half:quarter])
    if not has_stopped:
        return False
    least, constant = min(float(errors[half:].min()), diagnosis.error), diagnosis.constant_error
    return constant > NO_ERROR and LEARNS_NOTHING * constant <= least < math.inf


def _mean(values: Array) -> float:
    return float(means(values.reshape(1, -1))[0])


def _nothing_learned(
    diagnostics: Diagnostics, by_kind: dict[FindingKind, Finding], source: Dataset | None
) -> LearningProblem:
    error, config = by_kind[FindingKind.ERROR].sentence, diagnostics.config
    so_far = Sentence("Nothing is learned so far: {why}")
    start = so_far(why=f"{error[0].lower()}{error[1:]}")
    unsuited = config.unsuited(source)
    if unsuited:
        suited = config.replace(**unsuited).brief
        suits = joined(start, _SUITS(settings=suited))
        return LearningProblem(suits, (_SUITS_BRIEFLY(settings=suited),))
    cause, brief = _cause(diagnostics, by_kind)
    if not cause:
        return LearningProblem(start, ())
    return LearningProblem(joined(start, cause), (so_far(why=Sentence("{text}.")(text=brief)),))


def _cause(diagnostics: Diagnostics, by_kind: dict[FindingKind, Finding]) -> tuple[str, str]:
    """What was measured that keeps the error high: a sentence, and the same in brief; empty for nothing."""
    update, off = by_kind.get(FindingKind.UPDATE), by_kind.get(FindingKind.UNITS_OFF)
    saturated, gradient = by_kind.get(FindingKind.SATURATION), by_kind.get(FindingKind.GRADIENT)
    if update is not None and diagnostics.learning_rate == 0:
        return update.sentence, word("the learning rate is 0")
    if off is not None and len(off.units) == diagnostics.layers[off.layer - 1].units:
        return off.sentence, Sentence("all units of layer {layer} are off")(layer=off.layer)
    if update is not None and update.figure == 0:
        return update.sentence, word("an update changes no weight")
    if saturated is not None:
        flat = Sentence("layer {layer} is saturated, where gradients are nearly 0")
        return saturated.sentence, flat(layer=saturated.layer)
    if gradient is not None:
        return gradient.sentence, Sentence("the gradient of layer {layer} is nearly 0")(layer=gradient.layer)
    return "", ""


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
