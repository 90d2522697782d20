"""`bptui importance`: the same figures in text, csv and jsonl, and refusals of one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from numpy.random import RandomState

from tests.tui.support.running import call


@pytest.fixture(autouse=True)
def run_on_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run on a table of 100 rows, of which a quarter is held out unasked."""
    monkeypatch.chdir(tmp_path)
    rows = RandomState(2).normal(size=(100, 3)).round(3)
    lines = [f"{a},{b},{2 * a},{c},{3 * a + 0.1 * c:.3f}" for a, b, c in rows.tolist()]
    Path("table.csv").write_text("\n".join(["a,b,twin,c,y", *lines]))
    done = call("train", "regression", "--data=table.csv", "--epochs=40", "--save=run.bptui")
    assert done.err.startswith("bptui train: table.csv: 25 % of the 100 rows are held out for the test")


def test_the_importance_is_the_same_in_every_format() -> None:
    done = call("importance", "run.bptui")
    assert done.status == 0 and done.lines[0].startswith(
        "Shuffling the values of a column among the 25 test rows, 20 times, raises the test error of 8 starts"
    )
    assert done.lines[1].startswith("a + twin: by ")
    assert done.lines[-1] == "a, twin are connected (a correlation above 0.9), and are shuffled together."
    rows = [*csv.DictReader(call("importance", "run.bptui", "--format=csv").out.splitlines())]
    objects = [*map(json.loads, call("importance", "run.bptui", "--format=jsonl").lines)]
    assert [row["column"] for row in rows] == [each["column"] for each in objects]
    assert {row["column"] for row in rows} == {"a + twin", "b", "c"} and rows[0]["column"] == "a + twin"
    for row, each in zip(rows, objects, strict=True):
        assert [*row] == [*each] == ["column", "importance", "low", "high"]
        assert [float(row[name]) for name in [*row][1:]] == [each[name] for name in [*each][1:]]
        assert each["low"] <= each["importance"] <= each["high"]


def test_what_can_not_be_measured_is_refused_in_one_line() -> None:
    call("train", "regression", "--data=table.csv", "--epochs=2", "--test-share=none", "--save=all.bptui")
    done = call("importance", "all.bptui")
    assert (done.status, done.out) == (2, "")
    assert done.complaint == (
        "bptui importance: error: argument RUN: needs 2 test samples or more, got 0: "
        "--test-share 0.25 holds those out"
    )
    assert call("importance", "missing.bptui").status == 2
