"""Bad use ends before any work, with status 2 and one line: the flag, the allowed values and the value."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from bpengine import FIELD, ChoiceField, Field, NamesField, NumberField, WidthsField
from bpengine.data.formulas.fields import FeaturesField, RangeField
from tests.tui.support.running import ENDLESS, call, run

HUGE = ("9" * 30, "9" * 5000, "-" + "9" * 30)
NO_NUMBERS = ("", " ", "abc", "nan", "-nan", "inf", "-inf", "1e999", "0x10", "1,5,0", "1\n2", "½", "\udcff")
BAD: dict[object, tuple[str, ...]] = {
    int: (*HUGE, *NO_NUMBERS, "-1", "1.5", "1e-3"),
    float: (*HUGE, *NO_NUMBERS, "-1", "-1e-9", "1000001"),
    WidthsField: (*HUGE, "", "abc", "0", "-3", "1001", "3,", "3;3", "3,0", "1.5", "[3]", ",".join("1" * 9)),
    RangeField: (
        *HUGE,
        "",
        "abc",
        "3",
        "3..",
        "..3",
        "3..3",
        "3..-3",
        "0..x",
        "0..1e4",
        "0..1/0",
        "x" * 5000,
    ),
    FeaturesField: ("", " ", "x,", ",x", "x,,y", "\udcff", "x" * 5000),
    ChoiceField: ("", " ", "nope", "s", "0", "a\nb", "\udcff", "x" * 5000),
    NamesField: ("", "nope", "tanh,", "tanh,nope", "tanh;relu", "['tanh']", "tanh," * 9, "x" * 5000),
}
SNAPSHOT = ("snapshot", "regression", "--output", "never.svg")
COMMANDS = {"screen": (), "train": ("train", "regression", *ENDLESS), "snapshot": (*SNAPSHOT, *ENDLESS)}
"""If they trained before they refuse, they would not end."""


def shown(value: object) -> str:
    """The value as part of a test's name."""
    return ascii(value)[:40]


def refusal(*arguments: str) -> str:
    """The one line on standard error."""
    done = call(*arguments)
    assert (done.status, done.out) == (2, "")
    name = f"bptui {arguments[0]}" if arguments and arguments[0] in ("train", "snapshot") else "bptui"
    assert done.complaint.startswith(f"{name}: error: ")
    return done.complaint


@pytest.mark.parametrize("field", [FIELD[name] for name in FIELD if name != "function"], ids=lambda f: f.name)
def test_a_bad_hyperparameter_is_refused_with_its_range(field: Field) -> None:
    kind = field.type if isinstance(field, NumberField) else type(field)
    too_low = ("0",) if isinstance(field, NumberField) and field.minimum > 0 else ()
    # All commands have the same flags, so that each is tested with a third of them.
    for command, value in zip(cycle(COMMANDS.values()), (*BAD[kind], *too_low), strict=False):
        line = refusal(*command, f"{field.flag}={value}")
        assert line.endswith(f"argument {field.flag}: must be {field.allowed}, got {value[:40]!r}")
        assert len(line) < 300


@pytest.mark.parametrize("value", ["-1", "-0.5", "-1e5", "-inf"])
def test_a_flag_takes_a_negative_value_after_a_space(value: str) -> None:
    assert "argument --learning-rate: " in refusal("train", "regression", "--learning-rate", value)


def test_the_last_epoch_is_that_of_the_run() -> None:
    assert refusal(*SNAPSHOT, "--epochs", "7", "--at", "7").endswith("from 0 to 6, got '7'")


@pytest.mark.parametrize(
    "size",
    [
        *("", "x", "100", "100x", "x30", "0x0", "-60x18", "59x18", "60x17", "401x30", "100x201", "99999x30"),
        *("100X30", "100 x 30", "1e2x30", "100x30x1", "100.0x30", "100x30\n", "9" * 5000 + "x30"),
    ],
    ids=shown,
)
def test_a_bad_size_is_refused_with_the_range(size: str) -> None:
    line = refusal(*SNAPSHOT, f"--size={size}")
    allowed = "COLUMNSxROWS from 60x18 to 400x200"
    assert line.endswith(f"argument --size: must be {allowed}, got {size[:40]!r}")


@pytest.mark.parametrize("name", ["picture", "picture.gif", "picture.SVG", "picture.svg.gz", ".svg", "svg"])
def test_a_picture_with_an_unknown_ending_is_refused(name: str) -> None:
    line = refusal("snapshot", "regression", *ENDLESS, "--output", name)
    assert line.endswith(f"argument --output: must be a name ending in .svg, .txt or .png, got '{name}'")


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("trian", ", got 'trian'; did you mean train?"),
        ("spirl", ", got 'spirl'; did you mean spiral?"),
        ("checkerboard", "; did you mean xor?"),
        ("hlep", "; did you mean help?"),
        ("regress", "; did you mean regression?"),
        ("", ", got ''"),
        ("a\nb", ", got 'a\\nb'"),
        ("x" * 5000, f", got '{'x' * 40}'"),
        ("houses.csv", ": houses.csv: there is no such file"),
        ("no/where", ": no/where: there is no such file"),
        ("a\0.csv", ": there is no such file"),
    ],
    ids=shown,
)
def test_a_word_that_names_nothing_is_refused(word: str, end: str) -> None:
    line = refusal(word)
    assert line.endswith(end)
    assert ("or a subcommand (learn, " in line) == ("such file" not in line)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("--hiden", "5"), "--hidden"),
        (("--lr", "0.3"), "--learning-rate"),
        (("train", "regression", "--weight-decay=0.1"), "--l2"),
        (("--dataset", "spirl"), "spiral"),
        (("train", "regression", "--activation", "tanh,relo"), "relu"),
        (("--initializer", "glorot"), "xavier"),
        (("train", "regression", "--format", "josnl"), "jsonl"),
        (("--help", "setings"), "settings"),
        (("help", "trian"), "train"),
    ],
    ids=shown,
)
def test_a_misspelled_word_is_answered_with_the_word_that_was_meant(
    arguments: tuple[str, ...], meant: str
) -> None:
    assert refusal(*arguments).endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("train",), "TASK|DATASET|FILE"),
        (("snapshot", "--output", "never.svg"), "TASK|DATASET|FILE"),
        (("snapshot", "regression"), "--output"),
        (("train", "trian"), "a settings file or the ID of a kept run, got 'trian'"),
        (("train", "regression", "--seed"), "--seed"),
        (("train", "regression", "--seed", "--hidden", "3"), "--seed"),
        (("train", "regression", "classification"), "classification"),
        (("train", "regression", "--paused"), "--paused"),
        (("train", "regression", "--theme", "dracula"), "--theme"),
        (("snapshot", "regression", "--format", "csv", "--output", "never.svg"), "--format"),
        (("--output=never.svg",), "--output"),
        (("train", "regression", "--nope"), "--nope"),
        (("train", "regression", "--two\nlines"), "--two"),
        (("-x",), "-x"),
        (("--seed", "3", "train"), "'train' is a subcommand and must come first"),
        ((".",), "'.' is a folder; must be regression, classification, a data set ("),
    ],
    ids=shown,
)
def test_missing_and_superfluous_arguments_are_named(arguments: tuple[str, ...], named: str) -> None:
    assert named in refusal(*arguments)


@pytest.mark.parametrize("command", COMMANDS)
def test_abbreviated_flags_are_refused(command: str) -> None:
    assert "--see" in refusal(*COMMANDS[command], "--see=1")


@pytest.mark.parametrize(
    "arguments",
    ["--hidden 0", "train regression --seed -1", ""],
)
def test_a_refusal_ends_the_process_with_status_2(arguments: str, tmp_path: Path) -> None:
    done = run(*arguments.split(), folder=tmp_path)
    assert (done.status, done.out) == (2, "")
    assert done.complaint.startswith("bptui")
    assert not list(tmp_path.iterdir())


def test_the_screen_needs_a_terminal() -> None:
    assert "needs a terminal" in refusal("classification", "--paused", "--theme", "dracula")
