"""The cloud in words."""

from __future__ import annotations

import math
from statistics import median

from bpengine.many.sign_test import SIGNIFICANCE
from bptui.experiments.seeds.cloud_snapshot import Band, CloudSnapshot, Compared
from bptui.formatting import changed_settings, difference_text
from bptui.session.snapshot import ComparedRun, Snapshot, common_errors, has_other_data, test_errors
from bpwords import Sentence, joined, listed, many, word
from bpwords.numbers import DIVERGENCE, median_text, number

_ONE_BY_ONE = Sentence(
    "They are trained one by one, since settings were changed in the middle of the run: each start makes the "
    "same changes at the same sample."
)


def describe_cloud(snapshot: Snapshot) -> list[str]:
    """Describe the cloud in a few sentences; none if it is off."""
    cloud = snapshot.comparison.cloud
    if cloud is None:
        return []
    if cloud.problem:
        return [Sentence("There is no cloud of starts: {problem}.")(problem=cloud.problem)]
    if cloud.band is None:
        return [word("There is no cloud of starts yet.")]
    band = cloud.band
    sentences = [_median(cloud, band), *_standing(cloud, band), *_together(band)]
    if cloud.changes_on_the_way:
        sentences.append(_ONE_BY_ONE())
    if cloud.lacks_numba:
        few = Sentence("There are only {starts} starts, since numba is not installed.")
        sentences.append(few(starts=cloud.starts))
    if not cloud.is_live and not cloud.edited:
        resumed = Sentence(
            "The run itself is none of these starts: it was resumed, and came to where it is in another way."
        )
        sentences.append(resumed())
    if cloud.compared is not None:
        sentences.append(describe_change(cloud.compared))
    return sentences


def _median(cloud: CloudSnapshot, band: Band) -> str:
    epochs = many(cloud.target, "{n} epoch", "{n} epochs")
    if band.epochs_done < cloud.target:
        epochs = Sentence("{trained} of {epochs}")(trained=band.epochs_done, epochs=epochs)
    middle = median(band.errors.tolist())
    all_diverged = Sentence(
        "Of {starts} starts that differ only in the seed, {diverged} have diverged after {epochs}."
    )
    if not math.isfinite(middle):
        return all_diverged(starts=cloud.starts, diverged=band.diverged, epochs=epochs)
    plain = Sentence(
        "Of {starts} starts that differ only in the seed, the median {error} after {epochs} is {median}."
    )
    some_diverged = Sentence(
        "Of {starts} starts that differ only in the seed, the median {error} after {epochs} is {median}; "
        "{diverged} of them diverged."
    )
    said = some_diverged if band.diverged else plain
    return said(
        starts=cloud.starts,
        error=word("test error") if cloud.has_test else word("epoch error", "sign"),
        epochs=epochs,
        median=number(middle),
        diverged=band.diverged,
    )


def _together(band: Band) -> list[str]:
    """The error of the mean of all answers, beside those of the starts."""
    trained = Sentence("{mean} on the training samples (median start {median}, best {best})")
    tested = Sentence("{mean} on the test samples (median start {median}, best {best})")
    parts = []
    for which, (mean, middle, best, _) in enumerate(band.together):
        said = tested if which else trained
        parts.append(said(mean=number(mean), median=number(middle), best=number(best)))
    whole = Sentence("The mean of their answers, as one network, has an error now of {errors}.")
    return [whole(errors=listed(parts))] if parts else []


def _standing(cloud: CloudSnapshot, band: Band) -> list[str]:
    standing = cloud.standing
    if standing is None:
        return []
    better = Sentence("This run is better than {better} of {starts} starts")
    if cloud.edited:
        better = Sentence(
            "This run, which was {edited}, is better than {better} of {starts} starts, which were not edited"
        )
    text = better(edited=cloud.edited, better=standing.better_than, starts=cloud.starts)
    if standing.limit is None:
        return [Sentence("{text}.")(text=text)]
    one = "{text}; {n} of {starts} stays above {limit}, which is at least three times the median."
    several = "{text}; {n} of {starts} stay above {limit}, which is at least three times the median."
    stay, limit = standing.above - band.diverged, number(standing.limit)
    return [many(stay, one, several, text=text, starts=cloud.starts, limit=limit)]


def describe_change(compared: Compared) -> str:
    """Say what a change did to the starts, and whether the difference is clear."""
    ties, test = compared.starts - compared.better - compared.worse, word("sign test")
    if ties:
        test = many(ties, "sign test, {n} tie left out", "sign test, {n} ties left out")
    changing = Sentence(
        "Changing {changes} moves the median of {starts} starts from {before} to {after} after {epochs}; of "
        "the starts, {better} got better and {worse} worse: {verdict} ({test}, p = {p}, clear below {limit})."
    )
    return changing(
        changes=listed(compared.changes) or word("nothing", "change"),
        starts=compared.starts,
        before=median_text(compared.old_median, 3, DIVERGENCE),
        after=median_text(compared.new_median, 3, DIVERGENCE),
        epochs=many(compared.epochs_done, "{n} epoch", "{n} epochs"),
        better=compared.better,
        worse=compared.worse,
        verdict=word(compared.verdict),
        test=test,
        p=number(compared.p_value, 2),
        limit=f"{SIGNIFICANCE:g}",
    )


_MAX_SETTINGS = 4
"""The most settings that are named for one run."""


def describe_pins(snapshot: Snapshot) -> list[str]:
    """A sentence for the run before a what-if and for each pin, compared with this run at the same epoch."""
    said = Sentence("{name} has {errors}; {settings}.")
    return [
        joined(
            said(
                name=_name(run),
                errors=_errors(run.snapshot, snapshot),
                settings=_settings(run.snapshot, snapshot),
            ),
            _test_errors(run.snapshot, snapshot),
        )
        for run in snapshot.comparison.runs
    ]


def _name(run: ComparedRun) -> str:
    if run.branched_at is not None and run.branched_at >= 0:
        return Sentence("The original run, left after epoch {epoch},")(epoch=run.branched_at)
    if run.branched_at is not None:
        return word("The original run, left at its start,")
    return Sentence("Pinned run {n}")(n=run.label) if run.label else word("The run before the what-if")


def _errors(pinned: Snapshot, live: Snapshot) -> str:
    common = common_errors(pinned, live)
    if common is not None:
        epoch, old, new = common
        same = Sentence("an epoch error of {error} in epoch {epoch}, this one {now}")
        other = Sentence("an epoch error of {error} in epoch {epoch}, this one {now} on other data")
        said = other if has_other_data(pinned, live) else same
        return said(error=number(old), epoch=epoch, now=number(new))
    run = pinned.run
    if run.error is None:
        return word("no epoch yet")
    own = Sentence("an epoch error of {error} in epoch {epoch}")
    return own(error=number(run.error), epoch=run.error_epoch)


def _test_errors(pinned: Snapshot, live: Snapshot) -> str:
    """How the test errors differ now."""
    difference = test_errors(pinned, live)
    if difference is None:
        return ""
    said = Sentence("Its test error now is {difference} than this one's.")
    return said(difference=difference_text(*difference))


def _settings(pinned: Snapshot, live: Snapshot) -> str:
    one = Sentence("{setting} {value} (now {now})")
    changed = [
        one(setting=field.said, value=field.format(old), now=field.format(new))
        for field, old, new in changed_settings(pinned.run.config, live.run.config)
    ]
    if not changed:
        return word("its settings are the same")
    more = len(changed) - _MAX_SETTINGS
    if more > 0:
        changed[_MAX_SETTINGS:] = [many(more, "{n} other setting", "{n} other settings")]
    return Sentence("it has {settings}")(settings=listed(changed))
