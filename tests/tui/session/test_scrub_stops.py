"""The stops of scrubbing: both ends of the run, and the end of each reported epoch."""

from __future__ import annotations

import pytest

from bptui.session.document import Reports

RUN = Reports(interval=200, earliest=0, latest=1301)
"""With 1301 completed epochs: the last one is epoch 1300."""


@pytest.mark.parametrize(
    ("reports", "stops"),
    [
        (RUN, [0, 1, 201, 401, 601, 801, 1001, 1201, 1301]),
        (Reports(200, 0, 1201), [0, 1, 201, 401, 601, 801, 1001, 1201]),
        (Reports(200, 0, 1202), [0, 1, 201, 401, 601, 801, 1001, 1201, 1202]),
        (Reports(200, 350, 700), [350, 401, 601, 700]),
        (Reports(1, 0, 4), [0, 1, 2, 3, 4]),
        (Reports(10, 0, 1), [0, 1]),
        (Reports(10, 0, 0), [0]),
        (Reports(10, 6, 6), [6]),
        (Reports(10, 6, 5), [5]),  # resumed within an epoch
    ],
)
def test_scrubbing_goes_through_all_stops_and_stays_at_the_ends(reports: Reports, stops: list[int]) -> None:
    for before, after in zip(stops, [*stops[1:], stops[-1]], strict=True):
        assert reports.moved(before, 1) == after
    for after, before in zip(stops, [stops[0], *stops], strict=False):
        assert reports.moved(after, -1) == before


def test_a_large_step_goes_over_a_tenth_of_the_run_to_a_stop() -> None:
    long = Reports(1, 0, 5000)
    assert long.moved(5000, -1, far=True) == 4500
    assert long.moved(200, -1, far=True) == 0
    assert long.moved(4400, 1, far=True) == 4900
    assert RUN.moved(1301, -1, far=True) == 1201
    assert RUN.moved(401, 1, far=True) == 601


@pytest.mark.parametrize(
    ("epoch", "stop"),
    [(-1, 0), (0, 1), (90, 1), (110, 201), (310, 401), (1240, 1201), (1299, 1301), (9999, 1301)],
)
def test_an_epoch_has_its_nearest_stop(epoch: int, stop: int) -> None:
    assert RUN.nearest(epoch) == stop
