"""What the status line says about a cloud: one sentence."""

from __future__ import annotations

import math

from bpengine import TrainingConfig
from bpengine.sign_test import SIGNIFICANCE
from bptui.session.cloud.snapshot import Band, CloudSnapshot, Compared
from bptui.session.comparison import MAX_SENTENCE_LENGTH, differing_settings

COMPILING = "Cloud: compiling for many runs at once, a few seconds, the first time only."


def cloud_sentence(cloud: CloudSnapshot, live: TrainingConfig) -> str:
    """How far the starts are, what a change did to them, or where the live run stands among them.

    Args:
        cloud: the starts.
        live: the settings of the live run.
    """
    count, band = cloud.starts, cloud.band
    if cloud.problem:
        return f"No cloud: {cloud.problem}."
    if cloud.is_waiting:
        return COMPILING
    if cloud.compared is not None:
        return _change(cloud.compared, live)
    if band is None and not cloud.target:
        return f"Cloud: {count} starts that differ in the seed alone. Space trains all of them."
    if band is None:
        return f"Cloud: training {_starts(cloud)} for {cloud.target} epochs."
    if cloud.is_working:
        where = f"{band.epochs_done} of {cloud.target} epochs"
        return f"Cloud: {_starts(cloud)} after {where}, median {_error(_median(band))}."
    return _standing(cloud, band)


def verdict(compared: Compared) -> str:
    """What the sign test says."""
    if compared.p_value >= SIGNIFICANCE:
        return "no clear difference"
    return "clearly better" if compared.better > compared.worse else "clearly worse"


def _starts(cloud: CloudSnapshot) -> str:
    """How many starts there are, and which way of training makes them few."""
    return f"{cloud.starts} starts{' one by one' if cloud.one_by_one else ''}"


def _standing(cloud: CloudSnapshot, band: Band) -> str:
    standing = cloud.standing
    assert standing is not None  # known with the band
    which = "This seed is" if cloud.is_live else "This run, which is none of them, is"
    parts = [f"{which} better than {standing.better_than} of {cloud.starts} starts"]
    if band.diverged:
        parts.append(f"{band.diverged} diverged")
    stay = standing.above - band.diverged
    if standing.limit is not None and (stay or not band.diverged):
        of = "" if band.diverged else f" of {cloud.starts}"
        parts.append(f"{stay}{of} {'stays' if stay == 1 else 'stay'} above {standing.limit:g}")
    few = " Few, as NumPy trains them." if cloud.one_by_one == "kernel" else ""
    return f"{'; '.join(parts)}.{few}"


def _change(compared: Compared, live: TrainingConfig) -> str:
    """The change with both medians, how many starts got better, and whether that is clear."""
    medians = f"{_error(compared.old_median)} → {_error(compared.new_median)}"
    count, better = compared.starts, compared.better
    for starts, median, of in (
        (f", {count} starts: ", "median ", f" of {count}"),
        (f", {count} starts: ", "median ", ""),
        (f", {count} starts: ", "", ""),
    ):
        end = f"{starts}{median}{medians}, better in {better}{of}: {verdict(compared)}"
        changes = differing_settings(compared.before, live, MAX_SENTENCE_LENGTH - len(end))
        if len(changes) + len(end) <= MAX_SENTENCE_LENGTH and not changes.startswith("other "):
            break
    return changes + end


def _median(band: Band) -> float:
    return float(band.median[-1])


def _error(error: float) -> str:
    """An error with two digits; a diverged start has none."""
    return f"{error:.1e}" if math.isfinite(error) else "diverged"
