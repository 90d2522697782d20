"""The screen's layout is remembered, and nothing that happens to the file is anyone's concern."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bptui.screen.app import BptuiApp
from bptui.screen.tabs.panel_layout import PanelLayout, SavedLayout
from bptui.screen.tabs.panels import NAMES
from bptui.settings.start_settings import StartSettings
from tests.tui.support.driving import press, resize, rest, until
from tests.tui.support.panels import text_of
from tests.tui.support.terminal import bptui

TAB = "\t"
LAYOUT = PanelLayout(frozenset({"table", "units"}), "error", turn="metrics", theme="light")


def app_of(path: Path, *, paused: bool = True) -> BptuiApp:
    """An app that remembers in this file."""
    return BptuiApp(StartSettings(layout_path=path, paused=paused, kernel="numpy"))


def test_a_saved_layout_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "screen.json"
    SavedLayout(path).save(LAYOUT)
    assert SavedLayout(path).load() == LAYOUT
    SavedLayout(path).save(PanelLayout())
    assert SavedLayout(path).load() == PanelLayout()
    assert [each.name for each in path.parent.iterdir()] == ["screen.json"]


def test_a_layout_without_a_file_is_not_remembered() -> None:
    memory = SavedLayout(None)
    memory.save(LAYOUT)
    assert memory.load() == PanelLayout()
    assert not memory.is_first_time


def kept(**changes: object) -> bytes:
    """A file's content that differs from a good one."""
    good = {"hidden": ["table"], "focused": "plot", "zoomed": False, "metrics": False}
    return json.dumps(good | changes).encode()


DAMAGED = {
    "empty": b"",
    "cut short": kept()[:-3],
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "another's": b'{"version": 3}',
    "too deep": b"[" * 100_000,
    "a huge number": b'{"hidden": ' + b"9" * 5000 + b"}",
    "no such panel": kept(focused="nope"),
    "focus is hidden": kept(focused="table"),
    "hidden is a number": kept(hidden=3),
    "all hidden": kept(hidden=list(NAMES)),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_gives_the_first_arrangement(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "screen.json"
    path.write_bytes(content)
    assert SavedLayout(path).load() == PanelLayout()
    assert not SavedLayout(path).is_first_time


async def test_a_damaged_file_is_replaced_by_the_first_change(tmp_path: Path) -> None:
    path, content = tmp_path / "screen.json", DAMAGED["cut short"]
    path.write_bytes(content)
    app = app_of(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert app.view.panel_layout == PanelLayout()
        assert path.read_bytes() == content, "only a person's own change is kept"
        await press(pilot, "tab")
    assert SavedLayout(path).load() == PanelLayout(focused="plot")


def test_unknown_panels_and_odd_switches_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    path.write_bytes(kept(hidden=["table", "of another version", 5, None], zoomed="yes", metrics=1, more={}))
    assert SavedLayout(path).load() == PanelLayout(hidden=frozenset({"table"}), focused="plot")


def unusable_places(folder: Path) -> dict[str, Path]:
    """Paths at which no file can be."""
    (folder / "file").write_text("")
    (folder / "loop").symlink_to("loop")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    return {
        "below a file": folder / "file" / "screen.json",
        "below a loop": folder / "loop" / "screen.json",
        "a folder": folder / "folder",
        "a pipe, which would wait": folder / "pipe",
        "too long": folder / ("x" * 300) / "screen.json",
        "with a NUL": folder / "\0" / "screen.json",
        "below /proc": Path("/proc/nope/screen.json"),
    }


async def test_a_path_where_no_file_can_be_saves_nothing(tmp_path: Path) -> None:
    places = unusable_places(tmp_path)
    for name, path in places.items():
        memory = SavedLayout(path)
        assert memory.load() == PanelLayout(), name
        memory.save(LAYOUT)
        assert memory.load() == PanelLayout(), name
    app = app_of(places["below a file"])
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "x", "z")
        assert app.view.panel_layout.hidden == {"plot"}


async def test_every_key_that_arranges_is_remembered_for_both_tabs(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    app = app_of(path)
    async with app.run_test(size=(160, 60)) as pilot:
        for key in ("tab", "x", "m", "tab", "z", "shift+tab", "X", "escape"):
            await press(pilot, key)
            assert SavedLayout(path).load() == replace(app.view.panel_layout, zoomed=False), key
            assert {view.panel_layout for view in app.tabs.views.values()} == {app.view.panel_layout}
        await press(pilot, "tab", "tab", "x", "m", "z")
        app.panels.use_theme("light")
        left = replace(app.view.panel_layout, zoomed=False)
    again = app_of(path)
    async with again.run_test(size=(160, 60)) as pilot:
        assert again.view.panel_layout == left
        assert again.theme == left.theme == "light"
        await press(pilot, "2")
        assert again.view.panel_layout == left


async def test_at_the_first_start_a_line_explains_the_screen_until_a_few_keys_were_pressed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "screen.json"
    app = app_of(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        text = text_of(app)
        assert "New? G opens the lesson first-steps" in text
        for key in ("space", "?", "q"):
            assert f" {key} " in text, "beside the most important keys"
        places = {panel.id: panel.region for panel in app.query(".panel")}
        await press(pilot, "s", "2")
        assert "New? G" in text_of(app), "also on the other tab"
        await press(pilot, "up")
        await until(pilot, lambda: "New? G" not in text_of(app))
        assert {panel.id: panel.region for panel in app.query(".panel")} == places, "nothing moves"
    for start, greeted in (
        (StartSettings(layout_path=path, paused=True, kernel="numpy"), False),
        (StartSettings(paused=True, kernel="numpy"), False),
        (StartSettings(paused=True, kernel="numpy", shows_welcome=True), True),
    ):
        again = BptuiApp(start)
        async with again.run_test(size=(80, 24)) as pilot:
            await rest(pilot)
            assert ("New? G" in text_of(again)) == greeted
            await resize(pilot, 60, 18)
            assert "q quit" in text_of(again), "which matters more where there is no room for both"
            if greeted:
                await resize(pilot, 80, 24)
                assert "Press space to start" in text_of(again)
                await press(pilot, "G", "enter")
                assert "1/10" in text_of(again)
                for said_by_the_lesson in ("New? G", "Press space to start"):
                    assert said_by_the_lesson not in text_of(again)


async def test_a_user_with_a_kept_run_gets_no_welcome_line(tmp_path: Path) -> None:
    start = StartSettings(
        layout_path=tmp_path / "screen.json", runs_path=tmp_path, paused=True, kernel="numpy"
    )
    app = BptuiApp(start)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s")
        app.keep()
    (tmp_path / "screen.json").unlink()
    again = BptuiApp(start)
    async with again.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "New? G" not in text_of(again)


def test_bptui_remembers_below_the_state_home(state_home: Path) -> None:
    path = state_home / "bptui" / "screen.json"
    with bptui("--paused") as terminal:
        terminal.wait_for_text("New? G opens", "▸ settings", "q quit")
        terminal.send(TAB)
        terminal.wait_for(lambda: "▸ settings" not in terminal.text, "the next panel in focus")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert SavedLayout(path).load() == PanelLayout(focused="plot")
