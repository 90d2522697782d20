"""Which panels are seen on the screen, and which one keys act on."""

from __future__ import annotations

from itertools import cycle

import pytest
from textual import events
from textual.geometry import Region
from textual.widget import Widget

from bpengine import TASKS, Task
from bptui.screen.tabs.arrangement import arrangement_for
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES, _data_texts
from bptui.screen.widgets.plot import Plot
from bptui.session.snapshot import Stage
from tests.tui.support.apps import EPOCHS, make_app, make_trained_app
from tests.tui.support.driving import click, press, press_at_once, resize, rest, until
from tests.tui.support.panels import FIRST_FOUR, FITTING, LAYOUTS, SHARING, SIZES, seen, text_of
from tests.tui.support.snapshots import snapshot_of


@pytest.mark.parametrize(("task", "size"), list(zip(cycle(TASKS), SIZES, strict=False)))
async def test_tab_focuses_every_panel_and_nothing_is_cut_off(task: Task, size: tuple[int, int]) -> None:
    app = make_trained_app(task, 60)
    fitting = set(FITTING[size])
    async with app.run_test(size=size) as pilot:
        await rest(pilot)
        for number in range(1, len(NAMES) + 1):
            await press(pilot, "tab")
            focused = app.view.panel_layout.focused
            assert focused == NAMES[number % len(NAMES)]
            in_turn = set(arrangement_for(*size).in_turn)
            in_place = fitting - in_turn | {focused}
            assert seen(app) == (
                in_place if focused in in_turn else fitting if focused in fitting else {focused}
            )
            text = text_of(app)
            assert text.count("▸ ") == 1
            assert "…" not in text


async def test_a_frame_paints_only_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    painted = set[str | None]()

    def note(widget: Widget, *regions: Region, **options: bool) -> Widget:
        painted.add(widget.id)
        return Widget.refresh(widget, *regions, **options)

    app = make_trained_app("classification", 60)
    async with app.run_test(size=(160, 60)) as pilot:
        await rest(pilot)
        for own in {
            type(widget) for widget in (app.view, *map(app.view.query_one, map("#{}".format, NAMES)))
        }:
            monkeypatch.setattr(own, "refresh", note, raising=False)
        app.view.session.advance_to(61)
        app.view.frames.show_now()
        await rest(pilot)
        assert {"plot", "network", "metrics"} <= painted
        assert not painted & {"settings", "table", app.view.id}, "that of the whole tab paints all panels"


async def test_keys_that_arrive_together_draw_the_last_state_only(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bool] = []
    app = make_trained_app("regression", 60)

    def note(plot: Plot) -> None:
        if plot.id == "error" and plot.figure is not None:
            drawn.append(plot.figure.y.log)

    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        monkeypatch.setattr(Plot, "watch_figure", note)
        await press_at_once(pilot, *"LLLLLLLLL")
    assert len(drawn) <= 2
    assert not drawn[-1]


@pytest.mark.parametrize("size", LAYOUTS)
async def test_the_key_z_zooms_and_tab_walks_on_zoomed(size: tuple[int, int]) -> None:
    app = make_trained_app("regression", 60)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "z")
        for name in NAMES:
            assert seen(app) == {name}
            region = app.view.query_one(f"#{name}").region
            assert (region.x, region.width) == (0, size[0])
            assert region.height >= size[1] - 5, "but for tabs, status and footer"
            assert "…" not in text_of(app)
            await press(pilot, "tab")
        await press(pilot, "z")
        assert seen(app) == set(FITTING[size])
        await press(pilot, "z", "escape")
        assert seen(app) == set(FITTING[size])


@pytest.mark.parametrize("size", LAYOUTS)
async def test_the_key_x_hides_one_panel_after_the_other_and_capital_x_shows_all(
    size: tuple[int, int],
) -> None:
    app = make_trained_app("regression", 60)
    async with app.run_test(size=size) as pilot:
        for number in range(1, len(NAMES) + 2):
            await press(pilot, "x")
            left = NAMES[min(number, len(NAMES) - 1) :]
            assert left[0] in seen(app)
            assert seen(app) <= set(left)
            if left[0] in FITTING[size]:
                assert seen(app) >= {name for name in left if name in FITTING[size] and name not in SHARING}
            assert "…" not in text_of(app)
        await press(pilot, "X", "escape")
        assert seen(app) == set(FITTING[size])
        assert app.view.panel_layout == PanelLayout()


async def test_the_key_m_with_the_table_in_focus_shows_the_metrics() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "tab", "tab")
        assert seen(app) == set(FIRST_FOUR), "the focus shows it in the place of the network"
        await press(pilot, "m")
        assert seen(app) == {"settings", "plot", "error", "metrics"}
        await press(pilot, "m", "m")
        assert seen(app) == set(FIRST_FOUR)
        assert app.view.panel_layout.focused == "table"
        await press(pilot, "escape")
        assert seen(app) == set(FIRST_FOUR), "it was chosen"


async def test_the_key_v_changes_the_scales_of_the_hidden_units_in_focus() -> None:
    app = make_app()
    async with app.run_test(size=(160, 60)) as pilot:
        await press(pilot, "v")
        assert (app.view.options.detail, app.view.options.own_scales) == (True, False)
        app.view.panel_layout = PanelLayout(focused="units")
        await press(pilot, "v")
        assert (app.view.options.detail, app.view.options.own_scales) == (True, True)
        assert "hidden units over the inputs, own scales" in text_of(app)
        assert "layer 1 sigmoid  own scales" in text_of(app)


@pytest.mark.parametrize("task", TASKS)
async def test_a_panel_that_comes_into_sight_by_a_new_size_is_filled(task: Task) -> None:
    app, fresh = make_trained_app(task, 20), make_trained_app(task, 20)
    async with fresh.run_test(size=(160, 60)) as pilot:
        await until(pilot, lambda: not fresh.view.session.stability.is_working)
        whole = text_of(fresh)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        await resize(pilot, 160, 60)
        await until(pilot, lambda: text_of(app) == whole)


async def test_resizing_while_a_run_trains_loses_nothing() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "-")  # an epoch a tick leaves time between two ticks
        await press(pilot, "tab", "tab", "x", "down", "right", "L", "e", "p", "space")
        before = app.view.panel_layout
        config = app.view.session.config
        for size in ((200, 60), (10, 3), (119, 60), (80, 24)):
            await resize(pilot, *size)
            epoch = app.view.session.snapshot().run.epoch
            await until(pilot, lambda epoch=epoch: app.view.session.snapshot().run.epoch > epoch)  # type: ignore[misc]
            assert app.view.panel_layout == before
            if size[0] >= 60:
                await until(pilot, lambda size=size: seen(app) == before.shown(*size))  # type: ignore[misc]
                assert "error" not in seen(app)
        assert app.view.session.config == config
        snapshot = app.view.snapshot
        assert snapshot is not None
        assert snapshot.comparison.reference is not None
        assert (app.view.options.log_errors, app.view.options.smooth) == (False, True)


async def test_a_click_focuses_a_panel() -> None:
    app = make_app()
    async with app.run_test(size=(160, 60)) as pilot:
        for name in (*NAMES[1:], "settings"):
            await click(pilot, f"#regression #{name}")
            await until(pilot, lambda name=name: app.view.panel_layout.focused == name)  # type: ignore[misc]
            assert app.view.query_one(f"#{name}").has_class("-focused")
        await click(pilot, "StatusLine")
        assert app.view.panel_layout.focused == "settings"


async def test_a_run_that_is_out_of_sight_does_not_train_whatever_is_arranged() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "-", "space")
        hidden = app.view
        await until(pilot, lambda: hidden.session.snapshot().run.epoch > 1)
        await press(pilot, "2", "tab", "z", "m")
        await resize(pilot, 160, 60)
        held = hidden.session.snapshot()
        await press(pilot, "space")
        await until(pilot, lambda: app.view.session.snapshot().run.epoch > 5)
        now = hidden.session.snapshot()
        assert (now.run.epoch, now.run.sample, now.status.stage) == (
            held.run.epoch,
            held.run.sample,
            Stage.RUNNING,
        )
        await press(pilot, "1")
        await until(pilot, lambda: hidden.session.snapshot().run.epoch > held.run.epoch)


async def test_a_key_right_after_the_tabs_acts_on_the_new_one() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        for key in ("2", "s", "1"):
            app.post_message(events_key(key))
        await until(pilot, lambda: app.view.id == "regression")
        await rest(pilot)
        assert app.view.session.stage is Stage.READY
        other = app.tabs.views["classification"].session
        assert other.in_progress or other.epochs_done == 1


def events_key(key: str) -> events.Key:
    """A key as a driver sends it."""
    return events.Key(key, key if len(key) == 1 else None)


def test_the_panel_of_settings_names_noise_that_a_data_set_always_has() -> None:
    texts = [_data_texts(snapshot_of(dataset="noisy-sine", noise=noise).run) for noise in (0.0, 0.1)]
    assert texts == [{"noise": "own 0.2"}, {"noise": "0.1 + own 0.2"}]
    assert _data_texts(snapshot_of().run) == {}
