"""The timeline: its line, its marks, and which epoch a column stands for."""

from __future__ import annotations

import pytest

from bptui.screen.drawing.timeline import MIN_WIDTH, epoch_at, timeline_row
from bptui.session.snapshot import Mark, MarkKind, TimelineSnapshot

MARKS = (
    Mark(299, MarkKind.SETTING),
    Mark(499, MarkKind.EDIT),
    Mark(699, MarkKind.BRANCH),
    Mark(699, MarkKind.SETTING),
    Mark(899, MarkKind.PIN, "B"),
)


def text(timeline: TimelineSnapshot, width: int = 28) -> str:
    return "".join(span.text for span in timeline_row(timeline, width))


def test_a_timeline_has_a_line_and_its_marks() -> None:
    assert text(TimelineSnapshot(999, None, MARKS, last=999)) == "0 ━━━━━━▴━━━◆━━━━Y━━━B━◉ 999"
    assert text(TimelineSnapshot(999, 399, MARKS, last=999)) == "0 ━━━━━━▴━◉╌◆╌╌╌╌Y╌╌╌B╌╌ 999"
    assert text(TimelineSnapshot(999, -1, last=999)) == "0 ◉╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 999"
    assert text(TimelineSnapshot(0)) == "0 ━━━━━━━━━━━━━━━━━━━━━━━◉ 0"


def test_a_timeline_reaches_to_the_end_of_the_run() -> None:
    assert text(TimelineSnapshot(499, None, MARKS[:1], last=999)) == "0 ━━━━━━▴━━━◉··········· 999"
    assert text(TimelineSnapshot(499, 99, MARKS[:1], last=999)) == "0 ━━◉╌╌╌▴╌╌╌╌··········· 999"
    assert text(TimelineSnapshot(0, None, last=999)) == "0 ◉····················· 999"
    assert epoch_at(TimelineSnapshot(499, last=999), 28, 20) == 499, "an epoch to come can't be viewed"


@pytest.mark.parametrize("width", [0, 1, MIN_WIDTH - 1])
def test_a_timeline_that_is_too_narrow_or_has_no_epoch_is_not_drawn(width: int) -> None:
    assert timeline_row(TimelineSnapshot(999, last=999), width) == []
    assert epoch_at(TimelineSnapshot(999, last=999), width, 0) is None
    assert timeline_row(TimelineSnapshot(-1), 80) == []


@pytest.mark.parametrize("width", [MIN_WIDTH, 28, 79, 300])
@pytest.mark.parametrize("latest", [0, 3, 999, 1_000_000])
def test_a_timeline_fills_its_width_and_gives_the_epoch_of_a_clicked_column(width: int, latest: int) -> None:
    last = TimelineSnapshot(latest, last=latest)
    assert len(text(last, width)) == width
    assert epoch_at(last, width, 0) == -1
    assert epoch_at(last, width, width - 1) == latest
    assert epoch_at(last, width, width) is None
    for column in range(2, width - len(str(latest)) - 1):
        epoch = epoch_at(last, width, column)
        assert epoch is not None
        shown = text(TimelineSnapshot(latest, epoch, last=latest), width).index("◉")
        assert abs(shown - column) <= (width + latest) / (latest + 1), (column, epoch)
