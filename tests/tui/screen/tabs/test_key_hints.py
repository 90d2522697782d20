"""The screen says what its keys do now and what is out of sight, and changes nothing that nobody sees."""

from __future__ import annotations

from itertools import product

from bptui.commands import COMMANDS
from bptui.screen.tabs.key_hints import Situation, key_hints, panels_out_of_sight
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES
from bptui.screen.widgets.footer import fitting
from bptui.session.snapshot import Stage
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import click, press, rest
from tests.tui.support.panels import FITTING, SHARING

UNIT_EDITS = (("freeze", "freeze"), ("knock_out", "knock out"))


def test_in_every_situation_the_way_to_everything_is_shown() -> None:
    keys = {key for command in COMMANDS for key in command.shown.split()}
    for state, focused, zoomed, what_if in product(Stage, NAMES, (False, True), (False, True)):
        for size in ((60, 18), (80, 24), (160, 60)):
            layout = PanelLayout(focused=focused, zoomed=zoomed)
            seen_now = tuple(name for name in NAMES if name in layout.shown(*size))
            elsewhere = tuple(name for name in NAMES if name not in seen_now)
            edits = UNIT_EDITS if focused == "network" else ()
            now = Situation(state, what_if, False, focused, zoomed, seen_now, elsewhere, edits=edits)
            hints = {hint.shown: hint.label for hint in fitting(key_hints(now), size[0] - 2)}
            assert "?" in hints, now
            assert {"ctrl+p", "q"} <= set(hints) or (focused == "network" and size[0] < 160), now
            runs = {"running": "pause", "ready": "run", "paused": "run"}.get(state)
            if focused == "network":
                assert (hints["enter"], hints["f"], hints["K"]) == ("open", "freeze", "knock out"), now
                assert hints.get("space") == runs or (size[0] == 60 and "space" not in hints), now
            else:
                assert hints.get("space") == runs, now
            assert ("z" in hints) == zoomed, now
            assert ("esc" in hints) == (len(seen_now) == 1 and not zoomed), now
            assert all(key in keys or set(key) <= keys for key in hints), "only keys of the commands"
            if size[0] >= 80:
                assert hints.get("i") in (("end what if", None) if what_if else ("what if", None)), now
                if focused == "network":
                    assert "↑↓←→" in hints, now
                else:
                    assert "tab" in hints, now
                    assert "t" in hints or what_if or len(seen_now) == 1, now
            if state in (Stage.FINISHED, Stage.DIVERGED):
                assert "r" in hints or (focused == "network" and size[0] == 60), now


def test_the_keys_that_edit_a_unit_are_named_at_an_earlier_epoch_too() -> None:
    for zoomed, ended in product((False, True), repeat=2):
        now = Situation(
            "finished" if ended else "paused",
            focused="network",
            zoomed=zoomed,
            shown=("network",),
            elsewhere=NAMES,
            scrubs=True,
            viewing=True,
            edits=UNIT_EDITS,
        )
        for width in (58, 78):
            hints = {hint.shown for hint in fitting(key_hints(now), width)}
            assert {"enter", "f", "K", "esc", "?"} <= hints, now


async def test_only_keys_that_act_are_named() -> None:
    app = make_app()
    async with app.run_test(size=(60, 20)) as pilot:

        async def pressed(*keys: str) -> tuple[str, str]:
            await press(pilot, *keys)
            return " ".join(map(str.strip, lines(app)[-4:-1])), lines(app)[-1]

        assert "change a hyperparameter" in (await pressed("s"))[0]
        status, footer = await pressed(*["tab"] * 5)
        assert app.view.panel_layout.focused == "network"
        assert "enter open  f freeze  K knock out" in footer
        assert "hyperparameter" not in status, "the arrows choose a unit"
        assert "change a hyperparameter" not in app.view.with_fitting_advice(shown(app)).status.advice
        status, footer = await pressed("right")
        assert "↑↓←→ unit  enter open  f freeze" in footer
        assert "knock out" not in footer, "an output can't be knocked out"
        status, footer = await pressed("left", "K")
        assert "K bring back" in footer
        assert "freeze" not in footer
        status, footer = await pressed("escape", "x")
        assert "hyperparameter" not in status


def test_the_panels_out_of_sight_are_named_as_far_as_there_is_room() -> None:
    assert panels_out_of_sight(Situation(shown=NAMES)) == ()
    for hidden, elsewhere, zoomed in product(((), ("plot",), NAMES[:-1]), ((), NAMES[1:]), (False, True)):
        shown_now = NAMES[:1]
        texts = panels_out_of_sight(
            Situation(zoomed=zoomed, shown=shown_now, elsewhere=elsewhere, hidden=hidden)
        )
        assert bool(texts) == bool(hidden or elsewhere)
        if texts:
            assert len(texts[-1]) == min(map(len, texts)) <= 21, "beside the tabs in 60 columns"
            assert all(name in texts[0] for name in hidden)


async def test_footer_and_top_line_follow_what_happens() -> None:
    app = make_app(epochs=3)
    async with app.run_test(size=(80, 24)) as pilot:

        async def pressed(*keys: str) -> tuple[str, str]:
            await press(pilot, *keys)
            text = lines(app)
            return text[0], text[-1]

        top, footer = await pressed()
        assert top.endswith("tab: table metrics units diagnostics ")
        assert footer.startswith(" space run ")
        for key in ("t words", "tab panels", "ctrl+p find", "? help", "q quit"):
            assert f"  {key}" in footer
        assert "i end what if" in (await pressed("i"))[1]
        assert "end what if" not in (await pressed("i"))[1]
        top, footer = await pressed("s", "s", "s")
        assert "space" not in footer
        assert footer.startswith(" r restart  R new seed")
        top, footer = await pressed(*["tab"] * 5)
        assert "↑↓←→ unit  enter open  f freeze  K knock out" in footer
        top, footer = await pressed("tab")
        assert "esc shows the other panels" in top
        assert footer.startswith(" esc back")
        top, footer = await pressed("z")
        assert "z restores the other panels" in top
        assert footer.startswith(" z restore")
        top, footer = await pressed("escape", "tab", "x")
        assert "hidden: plot (X shows)" in top
        assert "X show all" in footer
        await click(pilot, "PanelBar", offset=(app.query_one("PanelBar").content_region.width - 2, 0))
        top, _ = await pressed("2")
        assert "hidden: plot (X shows)" in top, "on both tabs"
        await click(pilot, "PanelBar", offset=(top.index("plot") - app.query_one("PanelBar").region.x, 0))
        assert app.view.panel_layout == PanelLayout(focused="plot")


async def test_no_key_changes_a_setting_that_is_out_of_sight() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        before = app.view.session.config, app.view.options.setting
        for keys, way in (
            ("x", "X shows all panels"),
            ("X", ""),
            ("tab z", "esc shows them"),
            ("escape", ""),
        ):
            await press(pilot, *keys.split())
            for key in ("down", "up", "right", "shift+left", "left", "enter"):
                await press(pilot, key)
                if way:
                    assert way in shown(app).status.advice, (keys, key)
                    assert (app.view.session.config, app.view.options.setting) == before, (keys, key)
            if not way:
                assert app.screen.query("#asked"), "enter opens the dialog"
                await press(pilot, "escape")
                assert app.view.session.config != before[0]
                await press(pilot, "d")
                before = app.view.session.config, app.view.options.setting


def test_a_session_starts_with_no_panel_alone_and_a_revealed_panel_is_seen() -> None:
    for size, name, zoomed in product(FITTING, NAMES, (False, True)):
        layout = PanelLayout(hidden=frozenset({"table"} - {name}), focused=name, zoomed=zoomed)
        start = layout.at_start(*size)
        assert start.hidden == layout.hidden
        assert start.shown(*size) >= set(FITTING[size]) - layout.hidden - set(SHARING)
        assert len(start.shown(*size)) >= 4 - len(layout.hidden)
        for revealed in NAMES:
            new = layout.revealing(revealed)
            assert revealed in new.shown(*size)
            assert revealed not in new.hidden
            assert len(new.shown(*size)) > 1 or revealed not in (*FITTING[size], "metrics")
