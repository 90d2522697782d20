"""The cloud in words."""

from __future__ import annotations

import math
from statistics import median

from bpengine.many.sign_test import SIGNIFICANCE
from bpengine.wording import counted, listed
from bptui.experiments.seeds.cloud_snapshot import Band, CloudSnapshot, Compared
from bptui.formatting import changed_settings
from bptui.session.comparison import common_errors, has_other_data
from bptui.session.snapshot import ComparedRun, Snapshot
from bpwords.numbers import median_text, number

_ONE_BY_ONE = (
    "They are trained one by one, since settings were changed in the middle of the run: each start makes the "
    "same changes at the same sample."
)


def describe_cloud(snapshot: Snapshot) -> list[str]:
    """Describe the cloud in a few sentences; none if it is off."""
    cloud = snapshot.comparison.cloud
    if cloud is None:
        return []
    if cloud.problem or cloud.band is None:
        return [f"There is no cloud of starts{f': {cloud.problem}' if cloud.problem else ' yet'}."]
    band = cloud.band
    sentences = [_median(cloud, band), *_standing(cloud, band)]
    if cloud.changes_on_the_way:
        sentences.append(_ONE_BY_ONE)
    if cloud.lacks_numba:
        sentences.append(f"There are only {cloud.starts} starts, since numba is not installed.")
    if not cloud.is_live and not cloud.edited:
        sentences.append(
            "The run itself is none of these starts: it was resumed, and came to where it is in another way."
        )
    if cloud.compared is not None:
        sentences.append(describe_change(cloud.compared))
    return sentences


def _median(cloud: CloudSnapshot, band: Band) -> str:
    what = "test error" if cloud.has_test else "epoch error"
    starts = f"Of {cloud.starts} starts that differ only in the seed"
    done = f"{band.epochs_done} of " if band.epochs_done < cloud.target else ""
    epochs = f"after {done}{counted(cloud.target, 'epoch')}"
    middle = median(band.errors.tolist())
    if not math.isfinite(middle):
        return f"{starts}, {band.diverged} have diverged {epochs}."
    diverged = f"; {band.diverged} of them diverged" if band.diverged else ""
    return f"{starts}, the median {what} {epochs} is {number(middle)}{diverged}."


def _standing(cloud: CloudSnapshot, band: Band) -> list[str]:
    standing = cloud.standing
    if standing is None:
        return []
    stay = standing.above - band.diverged
    above = ""
    if standing.limit is not None:
        stays = f"{stay} of {cloud.starts} {'stays' if stay == 1 else 'stay'}"
        above = f"; {stays} above {number(standing.limit)}, which is at least three times the median"
    run, not_edited = "This run", ""
    if cloud.edited:
        run, not_edited = f"This run, which was {cloud.edited},", ", which were not edited"
    return [f"{run} is better than {standing.better_than} of {cloud.starts} starts{not_edited}{above}."]


def describe_change(compared: Compared) -> str:
    """Say what a change did to the starts, and whether the difference is clear."""
    medians = [median_text(error, 3, "divergence") for error in (compared.old_median, compared.new_median)]
    ties = compared.starts - compared.better - compared.worse
    without = f", {counted(ties, 'tie')} left out" if ties else ""
    return (
        f"Changing {listed(compared.changes) or 'nothing'} moves the median of {compared.starts} starts from "
        f"{medians[0]} to {medians[1]} after {counted(compared.epochs_done, 'epoch')}; of the starts, "
        f"{compared.better} got better and {compared.worse} worse: {compared.verdict} (sign test{without}, "
        f"p = {number(compared.p_value, 2)}, clear below {SIGNIFICANCE:g})."
    )


_MAX_SETTINGS = 4
"""The most settings that are named for one run."""


def describe_pins(snapshot: Snapshot) -> list[str]:
    """A sentence for the run before a what-if and for each pin, compared with this run at the same epoch."""
    return [
        f"{_name(run)} has {_errors(run.snapshot, snapshot)}; {_settings(run.snapshot, snapshot)}."
        for run in snapshot.comparison.runs
    ]


def _name(run: ComparedRun) -> str:
    if run.branched_at is not None:
        where = f"after epoch {run.branched_at}" if run.branched_at >= 0 else "at its start"
        return f"The original run, left {where},"
    return f"Pinned run {run.label}" if run.label else "The run before the what-if"


def _errors(pinned: Snapshot, live: Snapshot) -> str:
    common = common_errors(pinned, live)
    if common is not None:
        epoch, old, new = common
        data = " on other data" if has_other_data(pinned, live) else ""
        return f"an epoch error of {number(old)} in epoch {epoch}, this one {number(new)}{data}"
    run = pinned.run
    if run.error is None:
        return "no epoch yet"
    return f"an epoch error of {number(run.error)} in epoch {run.error_epoch}"


def _settings(pinned: Snapshot, live: Snapshot) -> str:
    changed = [
        f"{field.label} {field.format(old)} (now {field.format(new)})"
        for field, old, new in changed_settings(pinned.run.config, live.run.config)
    ]
    if not changed:
        return "its settings are the same"
    more = len(changed) - _MAX_SETTINGS
    named = changed[:_MAX_SETTINGS] + ([counted(more, "other setting")] if more > 0 else [])
    return f"it has {listed(named)}"
