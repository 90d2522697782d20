"""What has happened in a run, as its entries tell it: branches, changes, and what undo returns to."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from bpsteer.channel import ChannelError
from bptui.steering.metric_history import CAPACITY, MetricHistory
from bptui.steering.runs import run_of_record
from bptui.steering.steering import Steering

Entry = dict[str, object]


def report(step: int, branch: int, **values: float | None) -> Entry:
    return {"event": "report", "step": step, "branch": branch, "values": values}


def change(step: int, old: float, new: float, name: str = "rate") -> Entry:
    return {"event": "change", "step": step, "branch": 0, "name": name, "old": old, "new": new}


def back(turns: int, step: int, branch: int, parent: int, **settings: float) -> Entry:
    return {
        "event": "back",
        "turns": turns,
        "step": step,
        "branch": branch,
        "parent": parent,
        "settings": settings,
    }


def history(*entries: Entry) -> MetricHistory:
    made = MetricHistory()
    made.add([{"event": "start", "settings": [{"name": "rate", "value": 1}]}, *entries])
    return made


def test_a_return_makes_a_branch_of_what_was_trained_since_the_state() -> None:
    past = history(
        *(report(step, 0, loss=step) for step in range(6)),
        back(0, 3, 1, 0),
        *(report(step, 1, loss=10 * step) for step in range(3, 5)),
        back(0, 4, 2, 1),
        report(4, 2, loss=7, accuracy=None),
    ).past()
    assert past.curves["loss"][0].tolist() == [0, 1, 2, 3, 4]
    assert past.curves["loss"][1].tolist() == [0, 1, 2, 30, 7]
    steps, values = past.left["loss"]
    assert str(steps.tolist()) == "[3.0, 4.0, 5.0, nan, 4.0]"
    assert str(values.tolist()) == "[3.0, 4.0, 5.0, nan, 40.0]"
    assert (past.branched, past.last_step) == ((4, 3), 5)
    assert [step for step, _ in past.reports] == [0, 1, 2, 3, 4]


def test_a_change_back_to_the_value_before_undoes_a_change() -> None:
    made = history(change(0, 1, 2), change(5, 2, 3))
    for entry, undoable, redoable in (
        (change(6, 3, 2), 2, 3),
        (change(6, 2, 1), None, 2),
        (change(7, 1, 2), 2, 3),
        (change(8, 2, 5), 5, None),
    ):
        made.add([entry])
        past = made.past()
        assert (past.undoable and past.undoable.new, past.redoable and past.redoable.new) == (
            undoable,
            redoable,
        )


@pytest.mark.parametrize(
    ("rate", "changes"),
    [
        (2.0, [(5, 1, 2)]),  # it is a part of the state
        (3.0, [(5, 1, 2), (5, 2, 3)]),  # it stays as it was
    ],
)
def test_a_return_to_a_state_leaves_the_changes_that_are_in_force(
    rate: float, changes: list[tuple[int, float, float]]
) -> None:
    made = history(change(5, 1, 2), change(7, 2, 3), back(1, 5, 1, 0, rate=rate))
    past = made.past()
    assert [(each.step, each.old, each.new) for each in past.changes] == changes
    assert past.undoable is past.changes[-1]


def test_the_history_of_a_run_does_not_grow_without_bound() -> None:
    made = history(*(report(step, 0, loss=step) for step in range(3 * CAPACITY)))
    steps = made.past().curves["loss"][0]
    assert CAPACITY / 2 < len(steps) <= CAPACITY
    assert (steps[0], steps[-1]) == (0, 3 * CAPACITY - 1)
    assert {*(steps[1:-1] - steps[:-2]).tolist()} == {4}, "what was long ago stays as dense"


@pytest.mark.parametrize(
    "entry",
    [
        {"event": 1},
        {"event": "report", "step": -1, "branch": 0, "values": {}},
        {"event": "report", "step": 1, "branch": 0, "values": {"loss": "x"}},
        {"event": "change", "step": 1, "branch": 0, "name": 1, "old": 1, "new": 2},
        {"event": "back", "step": 1, "branch": 1, "parent": 0, "settings": {}},
    ],
)
def test_entries_that_no_run_sends_are_refused(entry: Entry) -> None:
    with pytest.raises(ChannelError):
        history(entry)


def test_a_damaged_record_is_shown_up_to_the_damage(tmp_path: Path) -> None:
    damage: tuple[Entry, ...] = (
        {"event": "report", "step": 3, "values": {"loss": 3.0}},
        {"event": "back", "step": 1, "branch": 1, "parent": 0, "settings": {}},
        {"event": "change", "step": 10**400, "name": "rate", "old": 1, "new": 2},
    )
    start = {"event": "start", "version": 1, "name": "digits", "time": 0.0, "settings": []}
    for number, entry in enumerate(damage):
        path = tmp_path / f"digits-{number}.jsonl"
        path.write_text("".join(f"{json.dumps(each)}\n" for each in (start, report(2, 0, loss=1), entry)))
        with contextlib.suppress(ValueError):  # not all damage is seen before the screen opens
            past = Steering(run_of_record(path), lambda: None).snapshot().past
            assert past.curves["loss"][0].tolist() == [2]


@pytest.mark.parametrize("turns", [-1, 2, None, "x"])
def test_a_return_to_a_state_that_there_never_was_is_damage(turns: object) -> None:
    with pytest.raises(ChannelError):
        history(change(5, 1, 2), {**back(1, 5, 1, 0, rate=2), "turns": turns})
