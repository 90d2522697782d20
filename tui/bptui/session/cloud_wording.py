"""The sentence about a cloud in the status line."""

from __future__ import annotations

from bpengine.wording import counted, number
from bptui.formatting import median_text
from bptui.session.comparison import MAX_SENTENCE_LENGTH
from bptui.starts.cloud.snapshot import CloudSnapshot, Compared


def cloud_sentence(cloud: CloudSnapshot) -> str:
    """The progress of the starts, the effect of a change on them, or the standing of the live run."""
    if cloud.problem:
        return f"No cloud: {cloud.problem}."
    if cloud.compared is not None:
        return _change(cloud.compared)
    return _progress(cloud) or _standing(cloud)


def _progress(cloud: CloudSnapshot) -> str:
    """The progress of the starts; empty if they have reached the run's epoch."""
    starts = f"{cloud.starts} starts{' one by one' if cloud.changes_on_the_way else ''}"
    epochs = counted(cloud.target, "epoch")
    if cloud.before:
        return f"Cloud: first the starts before the change, {cloud.before}."
    if cloud.band is None and not cloud.target:
        return f"Cloud: {cloud.starts} starts that differ only in the seed. Space trains all of them."
    if cloud.band is None:
        return f"Cloud: training {starts} for {epochs}."
    if not cloud.is_working:
        return ""
    where = f"{cloud.band.epochs_done} of {epochs}"
    return f"Cloud: {starts} after {where}, median {median_text(float(cloud.band.median[-1]))}."


def _standing(cloud: CloudSnapshot) -> str:
    """Where the live run stands among the starts."""
    standing, band = cloud.standing, cloud.band
    assert standing is not None  # since the starts have reached the run's epoch
    assert band is not None
    if cloud.edited:  # more informative than the standing of an edited run
        above = f"it is better than {standing.better_than} of {cloud.starts}"
        return f"This run was {cloud.edited}, the starts were not: {above}."
    which = "This seed is" if cloud.is_live else "This run, which is none of them, is"
    parts = [f"{which} better than {standing.better_than} of {cloud.starts} starts"]
    if band.diverged:
        parts.append(f"{band.diverged} diverged")
    stay = standing.above - band.diverged
    if standing.limit is not None and (stay or not band.diverged):
        of = "" if band.diverged else f" of {cloud.starts}"
        parts.append(f"{stay}{of} {'stays' if stay == 1 else 'stay'} above {number(standing.limit)}")
    few = f" Only {cloud.starts} starts: numba is not installed." if cloud.lacks_numba else ""
    sentence = f"{'; '.join(parts)}.{few}"
    return sentence if len(sentence) <= MAX_SENTENCE_LENGTH else f"{parts[0]}.{few}"


def _change(compared: Compared) -> str:
    """The change with both medians, how many starts improved, and whether the difference is clear."""
    medians = f"{median_text(compared.old_median)} → {median_text(compared.new_median)}"
    count, better = compared.starts, compared.better
    change, *more = compared.changes or ("no change",)
    change = f"{change}, ..." if more else change
    for beginning in (change, f"{change.partition(' ')[0]} changed"):
        for median, of in (("median ", f" of {count}"), ("median ", ""), ("", "")):
            starts = f"{beginning}, {count} starts: {median}{medians}"
            sentence = f"{starts}, better in {better}{of}: {compared.verdict}"
            if len(sentence) <= MAX_SENTENCE_LENGTH:
                return sentence
    return sentence
