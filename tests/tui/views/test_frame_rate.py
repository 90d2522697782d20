"""Frames a second: from flag and file to the screen, and no more than so many are drawn."""

from __future__ import annotations

import re
from pathlib import Path
from unittest import mock

import pytest

from bptui.app import BptuiApp
from bptui.cli.inputs import read_inputs
from bptui.cli.screen import parser
from bptui.settings.options import MAX_FPS
from bptui.startup.start_settings import FRAMES_PER_SECOND, StartSettings
from tests.tui.support.driving import rest
from tests.tui.support.running import call


def fps_of(*arguments: str) -> int:
    """What the screen would open with."""
    inputs = read_inputs(parser().parse([*arguments]), otherwise="regression", both=True)
    return inputs.fps


def test_a_frame_rate_on_the_command_line_overrides_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("fps = 3\n")
    assert fps_of() == FRAMES_PER_SECOND
    assert fps_of("--config", str(path)) == 3
    assert fps_of("--config", str(path), "--fps", "7") == 7


@pytest.mark.parametrize("value", ["0", str(MAX_FPS + 1), "1.5", "x", ""])
def test_a_bad_frame_rate_on_the_command_line_is_refused(value: str) -> None:
    done = call("config", "show", "--fps", value)
    assert done.status == 2
    assert done.complaint.endswith(f"argument --fps: must be a whole number from 1 to 30, got {value!r}")


@pytest.mark.parametrize(
    "line", ["fps = 0", "fps = 31", "fps = true", 'fps = "3"', "ascii = 1", 'ascii = "yes"']
)
def test_a_bad_value_in_a_file(line: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{line}\n")
    done = call("config", "show", "--config", str(path))
    assert done.status == 2
    assert re.search(": (fps|ascii): must be .*, got ", done.complaint)


def test_the_settings_in_force_name_the_frame_rate(tmp_path: Path) -> None:
    text = call("config", "show", "regression", "--fps", "5", "--ascii", "--theme", "bptui-light").out
    assert 'theme = "bptui-light"\nascii = true\nfps = 5\n' in text
    path = tmp_path / "again.toml"
    path.write_text(text)
    assert fps_of("--config", str(path)) == 5


async def test_no_more_frames_than_that_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.views.frames.TICK_SECONDS", 1e6)  # ticks come only from here
    app = BptuiApp(StartSettings(kernel="numpy", fps=4))
    async with app.run_test() as pilot:
        await rest(pilot)
        view = app.view
        with mock.patch("time.monotonic") as clock:
            clock.return_value = 100.0
            view.frames.show_now()
            first = view.snapshot
            for now, drawn in ((100.2, False), (100.24, False), (100.25, True)):
                clock.return_value = now
                view.frames.tick()
                assert (view.snapshot is not first) == drawn
