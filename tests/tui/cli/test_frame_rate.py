"""Frames a second, from flag and file to the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bptui.cli.inputs import read_inputs
from bptui.cli.screen import parser
from bptui.settings.options import MAX_FPS
from bptui.startup.start_settings import FRAMES_PER_SECOND
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
def test_a_bad_option_of_the_screen_in_a_file_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{line}\n")
    done = call("config", "show", "--config", str(path))
    assert done.status == 2
    assert re.search(": (fps|ascii): must be .*, got ", done.complaint)


def test_the_settings_in_force_name_the_frame_rate(tmp_path: Path) -> None:
    text = call("config", "show", "regression", "--fps", "5", "--ascii", "--theme", "light").out
    assert 'theme = "light"\nascii = true\nfps = 5\n' in text
    path = tmp_path / "again.toml"
    path.write_text(text)
    assert fps_of("--config", str(path)) == 5
