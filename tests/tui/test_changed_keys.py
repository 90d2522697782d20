"""Keys from a settings file: they act, the old ones do not, and every text names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bpengine import FIELD
from bptui.commands import COMMANDS, change_keys, key_of, keys_of
from bptui.process.restrictions import PAGE
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.overlays.reading import WordsScreen
from bptui.session.snapshot import Stage
from bptui.settings.keys import read_keys
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import press


@pytest.fixture(autouse=True)
def keys_as_they_were() -> Iterator[None]:
    yield
    change_keys({})


def test_changed_keys_are_looked_up_as_the_user_set_them() -> None:
    assert (key_of("restart"), key_of("toggle_run")) == ("r", "space")
    assert (keys_of("less", "more"), key_of("much_less"), key_of("to_settings")) == ("←→", "shift+←", "esc")
    change_keys(
        read_keys({"restart": ["ctrl+r", "f5"], "less": "y", "more": "g", "toggle_run": "f1"}, "a file")
    )
    assert (key_of("restart"), key_of("toggle_run"), keys_of("less", "more")) == ("ctrl+r", "f1", "y/g")


async def test_in_ascii_arrow_keys_have_names_since_their_signs_would_be_other_keys() -> None:
    app = make_app(ascii=True, batch_size=9)
    async with app.run_test(size=(160, 60)) as pilot:
        await press(pilot, "s")
        texts = [lines(app)]
        assert "left/right change" in texts[0][-1]
        while app.view.panel_layout.focused != "network":
            await press(pilot, "tab")
        for opened in ("enter", "o"):
            texts.append(lines(app))
            await press(pilot, opened)
            texts.append(lines(app))
            await press(pilot, "escape")
        assert "arrows unit  enter open  f freeze  K knock out" in texts[1][-1]
        assert "left/right step  up/down stride  </> sample" in texts[-1][-2]
        told = [line.replace("</> sample", "") for text in texts for line in text]  # these keys are meant
        assert not any(re.search(r"[<>] ?[<>]|[<>]  ?[a-z]", line) for line in told)
    make_app()
    assert keys_of("much_less", "much_more") == "shift+←→", "the next app decides anew"


@pytest.fixture
def changed_keys() -> None:
    """Other keys for the next app."""
    keys = {
        "restart": ["s", "f5"],
        "step_epoch": "r",
        "up": "w",
        "save": "f2",
        "filter": "y",
        "describe": "f9",
    }
    keys |= {"toggle_metrics": "f7", "to_settings": ["escape", "q"], "quit": "Q", "help": ["f1", "?"]}
    change_keys(read_keys(keys, "a file"))


@pytest.mark.usefixtures("changed_keys")
async def test_changed_keys_act_in_place_of_the_old_ones() -> None:
    app = make_app()
    async with app.run_test(size=(140, 44)) as pilot:
        await press(pilot, "r", "r")
        assert shown(app).run.epoch == 1
        await press(pilot, "t", "up", "m", "slash")  # the old keys
        assert shown(app).run.epoch == 1
        assert app.view.field is FIELD["learning_rate"]
        await press(pilot, "s")
        assert shown(app).status.stage is Stage.READY
        await press(pilot, "w")
        assert app.view.field is FIELD["hidden_units"]
        await press(pilot, "y", *"clip", "enter", "escape")
        assert app.view.field is FIELD["clip"]
        await press(pilot, *["tab"] * 5, "right", "w")
        assert app.view.panel_layout.focused == "network"
        assert app.view.options.unit[0] == 1, "in the network, too"


@pytest.mark.usefixtures("changed_keys")
async def test_changed_keys_are_shown_in_footer_panels_and_palette() -> None:
    app = make_app()
    async with app.run_test(size=(140, 44)) as pilot:
        await press(pilot, "r")
        footer = " ".join(lines(app)[-1].split())
        assert footer.startswith("space run r step s restart R new seed ")
        assert "f9 words" in footer
        assert footer.endswith("f1 help Q quit")
        assert "metrics (f7)" in "\n".join(lines(app))
        assert "settings w/↓ ←→" in "\n".join(lines(app))
        assert "Key: s f5" in [entry.help for entry in app.palette_source.entries("")]


@pytest.mark.usefixtures("changed_keys")
async def test_changed_keys_open_and_close_dialogs() -> None:
    app = make_app()
    async with app.run_test(size=(140, 44)) as pilot:
        await press(pilot, "f9")
        assert isinstance(app.screen, WordsScreen)
        assert "f9 or esc close" in "\n".join(lines(app))
        await press(pilot, "f9", "f1")
        assert isinstance(app.screen, HelpScreen)


async def test_the_tab_key_is_free_for_another_command() -> None:
    change_keys(read_keys({"focus_next": "f4", "new_seed": "tab"}, "a file"))
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "f4")
        assert shown(app).run.config.seed == 1
        assert app.view.panel_layout.focused == "plot"


def test_the_keys_of_a_page_belong_to_no_other_command() -> None:
    taken = {key for each in COMMANDS if each.name not in PAGE.keys for key in each.keys.split(",")}
    assert not taken & {key for keys in PAGE.keys.values() for key in keys.split(",")}
