"""What the benchmarks do, on sizes too small to say anything about time."""

from __future__ import annotations

import importlib.util
import io
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bpengine import Finding, Trainer, TrainingConfig
from bpengine.explain.diagnostics import Kind
from tests.benchmarks import __main__ as command
from tests.benchmarks import advice, cases, growth, memory, sessions, startup, steps, verdicts
from tests.benchmarks.contenders import NUMBA, NUMPY, OTHERS, PLAIN, Contender
from tests.benchmarks.race import Effort, Train, race
from tests.benchmarks.startup import Process
from tests.benchmarks.tables import judged, ratio_text
from tests.engine.kernels import needs_numba
from tests.tui.support.terminal import DEADLINE, ESCAPE

LITTLE = Effort(rounds=1, seconds=0)


def test_contenders_take_turns() -> None:
    turns: list[str] = []

    def named(name: str) -> Callable[[], Train]:
        def start() -> Train:
            turns.append(name)
            return lambda epochs: turns.append(f"{name} {epochs}")

        return start

    times = race({"a": named("a"), "b": named("b")}, 5, Effort(rounds=2, seconds=0))
    assert list(times) == ["a", "b"]
    measured = ["a", "a 1", "a 1", "b", "b 1", "b 1"]  # a fresh run, an epoch to warm up, the measured ones
    assert turns == ["a", "a 1", "b", "b 1", *measured, *measured]


def test_a_turn_lasts_as_long_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def timed(action: Callable[[], object]) -> float:
        action()
        return calls[-1] / 1000  # each epoch takes a millisecond

    monkeypatch.setattr("tests.benchmarks.race.timed", timed)
    times = race({"even": lambda: calls.append}, 4, Effort(rounds=2, seconds=0.1))
    assert calls == [1, 2, 4, 8, 16, 32, 1, 100, 1, 100]
    assert times["even"] == pytest.approx(250)


@pytest.mark.parametrize("case", cases.STEPS, ids=lambda case: case.config.task)
@pytest.mark.parametrize("contender", [PLAIN, NUMPY, NUMBA, *OTHERS], ids=lambda contender: contender.name)
def test_contenders_train(contender: Contender, case: cases.Case) -> None:
    if contender.missing:
        pytest.skip(contender.missing)
    contender.start(case.config)(2)


def test_bpengine_trains_as_many_epochs_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Trainer] = []

    def keep(trainer: Trainer, milliseconds: float, *, max_samples: int) -> int:
        made.append(trainer)
        return run_for(trainer, milliseconds, max_samples=max_samples)

    run_for = Trainer.run_for
    monkeypatch.setattr(Trainer, "run_for", keep)
    NUMPY.start(cases.STEPS[0].config)(3)
    assert [(trainer.epochs_done, trainer.samples_done) for trainer in made] == [(3, 0)]


def test_the_steps_table_names_libraries_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = replace(OTHERS[0], package="no_such_package")
    monkeypatch.setattr(steps, "CONTENDERS", (PLAIN, NUMPY, nobody))
    plain, numpy, other = steps.rows(cases.STEPS[0], LITTLE)
    assert (plain[0], plain[2:]) == ("plain NumPy", ("1.00", "", ""))
    assert (numpy[0], numpy[3]) == ("bpengine, numpy", "≤ 1.20")
    assert other == ("scikit-learn", "skipped: no_such_package is not installed", "", "", "")


def test_growth_varies_one_thing_at_a_time() -> None:
    runs = {case.label: case.config for case in cases.growth()}
    assert len(runs) == 4 + 6 + 4
    assert runs["width 512"].hidden_units == (512,)
    assert runs["depth 3"].hidden_units == (8, 8, 8)
    assert runs["batch all"].batch_size == 0
    assert runs["width 8"] == runs["depth 1"] == runs["batch 1"]


def test_growth_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    first, second = growth.rows(list(cases.growth())[:2], LITTLE)
    assert first[:2] == ("width 8", "42")
    assert second[:2] == ("width 32", "162")
    assert first[3] == "skipped: numba is not installed"


def test_memory_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "NUMBA", replace(NUMBA, package="no_such_package"))
    if importlib.util.find_spec("resource") is None:
        pytest.skip("this system doesn't tell")
    short, long = memory.rows("numpy", (1, 1_000_000))
    assert short[0] == "1"
    assert float(short[1]) > 5
    assert short[2:4] == ("1.00", "≤ 1.10")
    assert long[:2] == ("1,000,000", "skipped: no_such_package is not installed")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system doesn't tell")
def test_memory_of_a_dialog() -> None:
    words = "the run in words"
    (row,) = memory.opening_rows({"t, esc": (3, (("t", words), (ESCAPE, words)))})
    assert row[:2] == ("t, esc", "3")
    assert min(map(float, row[2:5])) > 5


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc")
def test_no_session_is_left_that_could_write_its_run(tmp_path: Path) -> None:
    script = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nwhile True: signal.pause()"
    command = (sys.executable, "-c", script, "--state", str(tmp_path))
    left = [subprocess.Popen(command) for _ in range(2)]
    sessions.end_sessions(str(tmp_path))
    assert [process.wait(DEADLINE) for process in left] == [-signal.SIGKILL] * 2


def test_startup_is_compared_with_the_first_program_that_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "NUMBA", replace(NUMBA, package="no_such_package"))
    nothing = ("-c", "")
    processes = (
        Process("with numba", nothing),
        Process("first", nothing, needs_numba=False),
        Process("second", nothing, bar=1e9, needs_numba=False),
    )
    skipped, first, second = startup.rows(1, processes)
    assert skipped[1] == "skipped: no_such_package is not installed"
    assert first[2:] == ("1.00", "", "")
    assert second[4] == "yes"


def test_processes_are_started_as_a_person_would() -> None:
    for process in startup.PROCESSES:
        if process.arguments[0] == "-m" and not (process.needs_numba and NUMBA.missing):
            process.run()


@pytest.mark.parametrize("number", range(15))
def test_sentences_on_random_situations_are_true(number: int) -> None:
    assert verdicts.problems_of(verdicts.situation(np.random.RandomState([1, number]))) == []


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        (Kind.ERROR, "Healthy: all is well."),
        (Kind.ERROR, "The error is 12% of that of the best constant."),
        (Kind.TEST_ERROR, "The test error is 40 times the training error."),
        (Kind.UPDATE, "An update changes the weights by about 1/2 of their size."),
        (Kind.UPDATE, "Slow: try a higher learning rate."),
        (Kind.UNITS_OFF, "Units 1 and 2 of layer 1 are off for all 5 samples now."),
        (Kind.DIVERGED, "The run diverged in epoch 1."),
    ],
)
def test_untrue_sentences_are_found(kind: Kind, broken: str) -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", dataset="noisy-sine", test_share=0.3))
    trainer.run_epoch()
    finding = Finding(kind=kind, sentence=broken, figure=0.0, layer=1, units=(0, 1))
    assert verdicts.untruth(trainer, finding)


def test_a_remedy_that_is_not_certain_is_found() -> None:
    trainer = Trainer(TrainingConfig.defaults("regression"))
    remedy = "lower the learning rate"
    finding = Finding(kind=Kind.UPDATE, sentence=f"Fast: {remedy}.", figure=0.0, remedy=remedy)
    assert verdicts.untruth(trainer, finding) == "names a remedy that is not certain"


def test_missing_sentences_are_found() -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", init_scale=0, test_share=0.3))
    nothing = verdicts.Situation(trainer, ())
    assert verdicts.missing(nothing) == [Kind.EQUAL_UNITS, Kind.ERROR, Kind.TEST_ERROR]


def test_the_table_counts_untrue_sentences() -> None:
    console = Console(record=True, width=100, file=io.StringIO())
    for table in verdicts.tables(3):
        console.print(table)
    assert "0 untrue of" in console.export_text()


@needs_numba
def test_the_table_counts_advice_that_holds_on_fresh_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice, "STEPS", 100)
    console = Console(record=True, width=100, file=io.StringIO())
    for table in advice.tables(2):
        console.print(table)
    shown = console.export_text()
    assert "2 random situations, each tried on 25 fresh starts" in shown
    counts = [int(count) for count in re.findall(r"\d+ of (\d+)", shown)]
    assert counts[0] == counts[1] == 2 - counts[2]


def test_the_page_about_advice_names_the_bars_of_the_benchmark() -> None:
    page = (Path(__file__).parents[1] / "docs" / "experiments.md").read_text(encoding="utf-8")
    told = re.search(r"in (\d+) random situations and tries it on (\d+) other starts[^-]*", page)
    assert told
    assert [int(number) for number in re.findall(r"\d+", told[0])] == [
        *(300, len(advice.FRESH)),
        *(round(100 * advice.LEAST_LOWERED), advice.CLEARLY_BETTER, round(100 * advice.LEAST_QUIET)),
    ]


@pytest.mark.parametrize(
    ("ratio", "bar", "cells"),
    [
        (0.5, 0.6, ("0.50", "≤ 0.60", "yes")),
        (0.7, 0.6, ("0.70", "≤ 0.60", "NO")),
        (0.005, 0.01, ("1/200", "≤ 1/100", "yes")),
        (12.0, None, ("12.00", "", "")),
    ],
)
def test_a_ratio_is_judged_by_its_bar(ratio: float, bar: float | None, cells: tuple[str, str, str]) -> None:
    assert judged(ratio, bar) == cells
    assert ratio_text(ratio) == cells[0]


def call(monkeypatch: pytest.MonkeyPatch, arguments: Iterable[str]) -> None:
    """The whole command."""
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    command.main()


def test_each_part_is_measured_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.PARTS, "steps", lambda: steps.tables(LITTLE))
    monkeypatch.setattr(steps, "CONTENDERS", (PLAIN, NUMPY))
    call(monkeypatch, ["steps"])
    shown = capsys.readouterr().out
    assert "Training step, 1-3-1 sine" in shown
    assert "Training step, 2-6-2 grid" in shown
    assert "Memory" not in shown


def test_an_unknown_part_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call(monkeypatch, ["stepz"])
    assert "'stepz' is not allowed: it takes steps, growth, memory, startup" in capsys.readouterr().err


def test_all_tables_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "WIDTHS", (1,))
    monkeypatch.setattr(cases, "DEPTHS", ())
    monkeypatch.setattr(cases, "BATCHES", (0,))
    console = Console(record=True, width=100, file=io.StringIO())
    for tables in (growth.tables(LITTLE), memory.tables((1,), {}), startup.tables(0, ())):
        for table in tables:
            console.print(table)
    shown = console.export_text()
    for heading in ("numpy µs/sample", "peak MB", "seconds", "batch all"):
        assert heading in shown
