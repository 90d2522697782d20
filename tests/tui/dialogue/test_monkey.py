"""Whatever is said, in whatever order: no exception, clean lines, and no state that can't be.

BPTUI_MONKEY_KEYS and BPTUI_MONKEY_SEED say how much and what, as for the monkey at the keys.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import FIELDS, NumberField
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.table import ENTRIES
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.snapshots import check_snapshot

LINES = int(os.environ.get("BPTUI_MONKEY_KEYS", "450")) // 4
SEED = int(os.environ.get("BPTUI_MONKEY_SEED", "0"))

OFTEN = [
    *(",", ",", ".", "view 2", "run", "run"),
    *("run 2", "run", "step", "step sample", "b", "u", "U", "p", "i", "r", "R", "d", "1", "2", "pin", "t"),
    *("compare", "set learning rate 1000", "set init scale 100", "set activation relu", "set clip 1"),
    *("knock out 1", "bring back 1", "freeze layer 1", "unfreeze layer 1", "set weight W1[1,1] 0.3", "run"),
    *("what if on", "save", "save settings x.toml", "open classification-3.bptui", "open x.toml"),
]
ARGUMENTS = [
    *("", "", "3", "2 samples", "to 4", "on", "layer 1", "1 of layer 2", "output 2", "checkpoint", "x"),
    *(
        "learning rate a lot",
        "hidden",
        "data set",
        "test share 0.3",
        "--seed=4",
        "999999",
        "\x1b[2J",
        "ä\x00",
    ),
]
MOST = {"samples": 40, "epochs": 30}
"""The settings whose large values would only take time, and the most that they may be."""


def any_line(chance: random.Random, dialogue: Dialogue) -> str:
    pick = chance.random()
    if pick < 0.5:
        return chance.choice(OFTEN)
    if pick < 0.75:
        entry = chance.choice([*ENTRIES])
        word = chance.choice((*entry.words, entry.word[: chance.randint(1, 4)]))
        return f"{word} {chance.choice(ARGUMENTS)}"
    field = chance.choice([field for field in FIELDS if field.name not in MOST])
    value = getattr(dialogue.session.config, field.name)
    for _ in range(chance.randint(1, 4)):
        value = field.move(value, chance.choice((1, -1)), coarse=isinstance(field, NumberField))
    return f"set {chance.choice((field.label, field.flag, field.name))} {field.format(value)}"


def keep_small(session: Session) -> None:
    """Undo what would only take time."""
    config = session.config
    changes = {name: min(getattr(config, name), most) for name, most in MOST.items()}
    if any(getattr(config, name) != value for name, value in changes.items()):
        session.do(commands.take, changes, "smaller")
        session.do(commands.stop)


def check(dialogue: Dialogue, answer: str) -> None:
    """What holds after every line."""
    for line in answer.split("\n"):
        assert line.isprintable(), repr(line)
        assert not any(sign in line for sign in "←→↑↓"), line
    for session in dialogue.sessions.values():
        assert not session.in_progress
        assert session.stage is not Stage.RUNNING
        check_snapshot(session.snapshot())


def test_no_commands_break_the_dialogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(SEED)
    pauses = itertools.cycle((*[False] * 9, True))  # which also end an experiment and a map
    dialogue = dialogue_of(
        "classification", epochs=9, samples=12, report_interval=3, pause_requested=pauses.__next__
    )
    states: set[Stage] = set()
    lines: list[str] = []
    for _ in range(LINES):
        for session in dialogue.sessions.values():
            keep_small(session)
        lines.append(any_line(chance, dialogue))
        try:
            check(dialogue, said(dialogue, lines[-1]))
        except BaseException as error:
            error.add_note(f"after {lines[-30:]}")
            raise
        states.add(dialogue.session.stage)
    assert states >= {Stage.READY, Stage.PAUSED, Stage.FINISHED}


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_no_text_breaks_the_dialogue(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # where "save" saves
        answer = said(DIALOGUE, text)
    check(DIALOGUE, answer)
    assert answer or not text.strip() or DIALOGUE.is_over


# hypothesis also tries the strings that the tests contain, "advise" and "heatmap" among them: minutes each.
DIALOGUE = dialogue_of(epochs=3, pause_requested=itertools.cycle((False, False, True)).__next__)
