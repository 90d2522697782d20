"""Bytes that no terminal should send, though links and pastes do: no traceback, and the app answers.

BPTUI_MONKEY_EVENTS=20000 sends so many, BPTUI_MONKEY_SEED=7 others, and with BPTUI_MONKEY_SECONDS=2 no answer
may take longer; `make monkey-bytes` does it.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.tui.support.raw_input import PASTE_BEGIN, PASTE_END, RawTerminal, hostile
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import CTRL_C, ENTER, ESCAPE, RIGHT, bptui, train_slowly, wait_for_training

EVENTS = int(os.environ.get("BPTUI_MONKEY_EVENTS", "80"))
SEED = int(os.environ.get("BPTUI_MONKEY_SEED", "0"))
MAX_SECONDS = float(os.environ.get("BPTUI_MONKEY_SECONDS", "inf"))
BATCH = 20

RUNS = {
    "sine": ("regression",),
    "wide, full batches": ("regression", "--hidden", "60,60", "--batch-size", "all"),
    "spiral": ("classification", "--dataset", "spiral", "--hidden", "8,8"),
    "own names": ("classification", "--data", "names.csv", "--target", "3"),
}


@pytest.mark.parametrize("name", RUNS)
def test_no_bytes_break_the_screen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = (f"{x / 7},{x % 5},{('[red]', chr(155) + '31m', 'é')[x % 3]}\n" for x in range(30))
    Path("names.csv").write_text("[b]a,\x1b]0\x07b,c\n" + "".join(rows), encoding="utf-8")
    chance, sent, worst = random.Random(f"{name} {SEED}"), 0, 0.0
    while sent < EVENTS // len(RUNS):
        with RawTerminal(*ENDLESS, *RUNS[name]) as terminal:
            terminal.wait_for(lambda: b"epoch error" in terminal.output, "the run")
            while sent < EVENTS // len(RUNS) and terminal.process.poll() is None:
                terminal.resize(chance.choice((1, 60, 80, 160, 500)), chance.choice((1, 18, 24, 50, 200)))
                events = [hostile(chance) for _ in range(BATCH)]
                for event in events:
                    terminal.send_bytes(event)
                sent += BATCH
                seconds = terminal.answer_seconds()
                if seconds > min(MAX_SECONDS, max(worst, 0.5)):
                    print(f"{name}: {seconds:.2f} s after {[event[:80] for event in events]}")
                worst = max(worst, seconds)
            terminal.send_bytes(PASTE_END + CTRL_C.encode())
            assert terminal.wait_for_exit() in (0, 130)
            assert b"Traceback" not in terminal.output
            assert not terminal.left_on()
            assert terminal.modes() == terminal.modes_before
    print(f"{name}: {sent} events, the slowest answer after {worst:.2f} s")
    assert worst <= MAX_SECONDS


def test_a_key_beyond_unicode_is_ignored_and_a_paste_of_digits_is_one_event() -> None:
    with bptui(*ENDLESS) as terminal:
        train_slowly(terminal)
        terminal.send("\x1b[1114112;1u")
        terminal.send(RIGHT)
        terminal.wait_for_text("‹0.2›")
        for begin, end in ((PASTE_BEGIN.decode(), PASTE_END.decode()), ("", "")):
            terminal.send(begin + 100 * "12" + end)
            terminal.wait_for(terminal.is_read, "the end of the paste, or enter would be a part of it")
            wait_for_training(terminal)
            assert "─ sine" in terminal.text  # 2 would have opened the other tab
            terminal.send(ENTER)
            terminal.wait_for_text("Allowed:")
            terminal.send(begin + 300 * "9" + end)
            terminal.wait_for(terminal.is_read, "the end of the paste")
            terminal.wait_for_text("99999999")
            terminal.send(ENTER)
            terminal.wait_for_text("must be", f"'{'9' * 40}'")
            terminal.send(ESCAPE)
            terminal.wait_for(lambda: "Allowed:" not in terminal.text, "the dialog's end")
