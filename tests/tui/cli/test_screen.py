"""`bptui` without a subcommand: its flags reach the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpengine import TrainingConfig
from bptui.cli.screen import parser, start_settings
from tests.tui.support.running import call, call_on_a_terminal
from tests.tui.support.terminal import bptui


def test_the_flags_reach_the_screen() -> None:
    flags = ("--hidden=4", "--learning-rate=0.03", "--init-scale=0.7", "--epochs=33", "--interval=8")
    others = ("--seed=123", "--theme=dracula", "--paused")
    with bptui("classification", *flags, *others) as terminal:
        terminal.wait_for_text("ready", "q quit", "+ above")
        for value in (r"H +4", r"η +‹0\.03›", r"σ +0\.7", r"N +33", r"k +8", r"s +123", r"–/33"):
            assert re.search(value, terminal.text), value
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_kept_run_is_offered_unless_flags_say_otherwise() -> None:
    for flags, offers in (
        ((), True),
        (("--paused", "--theme=dracula"), True),
        (("--no-state",), False),
        (("--fresh",), False),
        (("--seed=3",), False),
    ):
        assert start_settings(parser().parse([*flags])).offers is offers, flags


def test_flags_for_one_task_leave_the_other_tab_its_defaults() -> None:
    start = start_settings(parser().parse(["classification", "--hidden=4", "--no-state"]))
    assert start.configs["classification"].hidden_units == (4,)
    assert start.configs["regression"] == TrainingConfig.defaults("regression")


def test_a_word_on_the_command_line_opens_what_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flowers.csv").write_text("length,kind\n1,rose\n1.5,rose\n4,iris\n4.5,iris\n")
    Path("lines.csv").write_text("x,y\n1,2\n2,4\n3,6\n")
    Path("my.toml").write_text("hidden_units = 5\n")
    assert call("train", "classification", "--epochs", "3", "--save", "run.bptui").status == 0
    Path("no-ending").write_bytes(Path("run.bptui").read_bytes())
    for arguments, task, epochs_done, hidden, name in (
        (("spiral",), "classification", None, (8, 8), None),
        (("classification", "--dataset", "moons"), "classification", None, (8, 8), None),
        (("sine", "--hidden", "4"), "regression", None, (4,), None),
        (("flowers.csv",), "classification", None, (8,), "flowers.csv"),
        (("flowers.csv", "--target", "length"), "regression", None, (8,), "flowers.csv"),
        (("lines.csv",), "regression", None, (8,), "lines.csv"),
        (("my.toml",), "regression", None, (5,), None),
        (("run.bptui",), "classification", 3, (6,), None),
        (("no-ending",), "classification", 3, (6,), None),
    ):
        start = start_settings(parser().parse([*arguments, "--no-state"]))
        source, restored = start.sources[start.start], start.restored
        assert start.start == task, arguments
        assert start.configs[start.start].hidden_units == hidden
        assert (None if restored is None else restored.epochs_done) == epochs_done
        assert (None if source is None else source.name) == name
    assert start_settings(parser().parse(["spiral"])).configs["classification"].dataset == "spiral"
    short = ("--epochs", "2")
    for words, flags in (
        (("train", "moons", *short), ("train", "--dataset=moons", *short)),
        (("train", "flowers.csv", *short), ("train", "classification", "--data=flowers.csv", *short)),
        (("trace", "run.bptui", "--epochs=4"), ("trace", "--resume=run.bptui", "--epochs=4")),
        (("config", "show", "my.toml"), ("config", "show", "--config=my.toml")),
        (
            ("sweep", "moons", "--vary=seed=0", *short),
            ("sweep", "classification", "--dataset=moons", "--vary=seed=0", *short),
        ),
        (
            ("sweep", "run.bptui", "--vary=seed=0"),
            ("sweep", "classification", "--vary=seed=0", "--epochs=3"),
        ),
    ):
        done = call(*words)
        assert (done.status, done) == (0, call(*flags))
    for given, told in (
        (("spiral", "--dataset", "moons"), "argument --dataset: not allowed with 'spiral'"),
        (("flowers.csv", "--data", "lines.csv"), "argument --data: not allowed with 'flowers.csv'"),
        (("flowers.csv", "--restricted"), "argument --data: not allowed with --restricted"),
    ):
        done = call_on_a_terminal(*given)
        assert (done.status, done.out) == (2, "")
        assert told in done.complaint


def test_a_task_given_twice_does_not_open_the_screen() -> None:
    done = call_on_a_terminal("regression", "regression")
    assert (done.status, done.out) == (2, "")
    assert "unrecognized arguments: 'regression'" in done.complaint


def test_an_unknown_theme_does_not_open_the_screen() -> None:
    done = call_on_a_terminal("--theme", "nope")
    assert (done.status, done.out) == (2, "")
    assert "argument --theme: must be dark, light, high-contrast, projector, ansi, " in done.complaint
    assert "textual-dark" in done.complaint
    assert done.complaint.endswith(", got 'nope'")
