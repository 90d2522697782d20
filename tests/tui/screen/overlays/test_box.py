"""The open box: its keys, and that all of it can be seen."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.pilot import Pilot

from bpengine import Trace
from bptui.screen.actions import opening
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.box import BoxScreen
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.tabs.frame_loop import Frames
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.session.worked_step.page import headings
from bptui.session.worked_step.position import STRIDES, Stride
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import press, press_at_once, resize, rest, until
from tests.tui.support.sessions import trained_state


def box_of(app: BptuiApp) -> BoxScreen:
    assert isinstance(app.screen, BoxScreen)
    return app.screen


async def walked(pilot: Pilot[int], *keys: str) -> str:
    """What the screen says after these keys."""
    await press(pilot, *keys)
    assert isinstance(pilot.app, BptuiApp)
    return "\n".join(lines(pilot.app))


async def test_opening_the_box_pauses_the_run_and_shows_its_next_step() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s")
        app.view.session.do(commands.toggle)  # running, but no time passes
        text = await walked(pilot, "o")
        assert app.view.session.stage is Stage.PAUSED
        assert "z1[1] = x[1] W1[1,1] + b1[1]" in text
        assert "Each unit weighs what it receives" in text
        assert f"Epoch {app.view.session.epochs_done}, sample {shown(app).run.sample} of 63" in text
        await press(pilot, "o")
        assert app.view.session.stage is Stage.PAUSED
        assert not isinstance(app.screen, BoxScreen)


async def test_arrows_walk_through_the_numbers_and_phases_of_a_step() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "‹number›" in await walked(pilot, "o")
        sample = shown(app).run.sample
        assert "a1[1]  activation" in await walked(pilot, "right", "l", "right")
        assert "z1[3]  weighted sum" in await walked(pilot, "left")
        assert "‹phase›" in await walked(pilot, "up", "k", "up")
        assert "L = 1/2 (y[1] - t[1])^2" in await walked(pilot, "right")
        assert "delta2[1] = y[1] - t[1]" in await walked(pilot, "right")
        assert "new W1[1,1]" in await walked(pilot, "right")
        assert shown(app).run.sample == sample, "only looked at"
        text = await walked(pilot, "right")
        assert f"sample {sample + 1} of 63" in text
        assert "Forward" in text
        assert "new W1[1,1]" in await walked(pilot, "left")
        assert shown(app).run.sample == sample


async def test_keys_of_the_box_open_its_help_chains_and_targets() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "o", "up", "up", "up", "right", "right", "right", "down", "down", "down")
        assert "The next step of the run" in await walked(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await press(pilot, "escape")
        assert "Chain of dL/dW2[1,1]" in await walked(pilot, "tab")
        assert "By the chain rule" in await walked(pilot, "shift+tab")
        assert "Chain" not in await walked(pilot, "escape")
        assert "dL/db1[3]  bias gradient" in await walked(pilot, "t")


async def test_the_box_walks_and_plays_over_epochs_and_reports() -> None:
    app = make_app(epochs=50, report_interval=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s", "o", *["up"] * 5)
        box = box_of(app)
        epoch = app.view.session.epochs_done
        for stride, after in ((Stride.EPOCH, epoch + 1), (Stride.REPORT, None)):
            assert box.stepper.stride is stride
            await press(pilot, "right")
            await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
            assert after is None or app.view.session.epochs_done == after
            await press(pilot, "up")
        done = app.view.session.epochs_done
        await press(pilot, "left")
        await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
        assert app.view.session.epochs_done < done
        await press(pilot, *["down"] * 6, "plus", "plus", "plus", "plus", "space")
        await until(pilot, lambda: box.stepper.walk is not None and box.stepper.walk.index > 1)
        assert "space stop" in await walked(pilot)
        assert "space play" in await walked(pilot, "space")


async def test_the_chain_of_a_weight_is_told_in_words_with_its_check() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "s", "o", "tab", "t")
        assert "the chain rule" in text
        assert "From the loss down: delta2[1] = y[1]" in text
        assert "From the loss" not in await walked(pilot, "escape", "escape", "t")


async def test_the_box_shows_a_run_without_a_next_step_as_it_is() -> None:
    for settings, *told in (
        ({"epochs": 1}, "After epoch 0 ", "The run has ended"),
        ({"learning_rate": 1000.0}, "After epoch 12 ", "Diverged in epoch 13"),
    ):
        app = make_app(samples=4, **settings)
        session = app.view.session
        session.advance_to(50)
        async with app.run_test(size=(80, 24)) as pilot:
            text = await walked(pilot, "o")
            assert all(each in text for each in told)
            assert "back to the last one" in text
            assert " sigmoid " in text, "the network"
            assert "network ─ sine" in text, "the plot"
            assert "delta" not in text
            assert "new b2[1]" in await walked(pilot, "left")
            assert told[1] in await walked(pilot, "right")


async def test_the_box_never_cuts_off_epoch_and_phase() -> None:
    app = make_app("classification", batch_size=5, hidden_units=(20, 20))
    app.view.session.advance_to(10)
    async with app.run_test(size=(60, 18)) as pilot:
        phases = ["Forward", "Loss", "Backward", "Update"]
        await press(pilot, "o", "up", "up", "up")
        for phase in phases:
            top, *_, strides, _, _ = lines(app)
            walk = box_of(app).stepper.walk
            assert walk is not None
            assert top.strip() in headings(walk, 441), "the whole of a line"
            assert phase in top
            assert "report" in strides
            assert f"{walk.index + 1}/{len(walk.numbers)}" in strides
            await press(pilot, "right")
        await resize(pilot, 160, 48)
        assert "Forward: from the inputs to the answer" in lines(app)[0], "the whole of it, where it fits"
        assert "stride ↑↓" in lines(app)[-3]


async def test_the_numbers_are_in_the_units_of_two_layers_at_80_columns_too() -> None:
    app = make_app("classification", hidden_units=(3, 2))
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "o", *["right"] * 6)
        walk = box_of(app).stepper.walk
        assert walk is not None
        for each in walk.trace.layers[0].a[0]:
            assert f"({each:+.2f})" in text
        assert "In each unit: z, then a" in text
        app.view.session.do(commands.take, {"hidden_units": (3, 3, 3, 3, 3)}, "five layers")
        app.view.frames.show_now()
        assert "In each unit" not in await walked(pilot, "right"), "no unit has room for its number"


async def test_the_box_is_on_the_screen_before_the_tab_below_it_and_its_plot_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, texts = make_app(), list[str]()
    show_now = Frames.show_now

    def look_and_show(frames: Frames) -> None:
        texts.append("\n".join(lines(app)))
        show_now(frames)

    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(Frames, "show_now", look_and_show)
        await press(pilot, "o")
        (text,) = texts
        assert "z1[1] = x[1] W1[1,1] + b1[1]" in text
        assert "this sample" not in text
        assert "this sample" in "\n".join(lines(app))
        assert "scaled to" in "\n".join(lines(app))


async def test_a_box_that_is_closed_at_once_leaves_a_paused_run_on_the_tab() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.session.do(commands.toggle)
        app.view.frames.show_now()
        assert shown(app).status.stage is Stage.RUNNING
        await press_at_once(pilot, "o", "escape")
        await until(pilot, lambda: shown(app).status.stage is not Stage.RUNNING)
        assert not isinstance(app.screen, BoxScreen)


async def test_keys_that_come_while_a_box_opens_on_a_weight_act_on_its_chain() -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        opening.box(app.view, app.score, (0, 0, 0))
        app.post_message(Key("p", "p"))
        await rest(pilot)
        text = await walked(pilot)
        assert "= ?" in text
        assert "Chain" not in text, "the chain would show the number that is asked for"


async def test_the_box_of_a_large_network_is_on_the_screen_before_its_step_is_traced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bptui.session.session.MAX_WORK_TRACED_AT_ONCE", 0)
    app = make_app()
    texts = []
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s")
        session = app.view.session
        trace = type(session).trace

        def look_and_trace(traced: Session, sample: int | None) -> Trace | None:
            texts.append("\n".join(lines(app)))
            return trace(traced, sample)

        monkeypatch.setattr(type(session), "trace", look_and_trace)
        await press(pilot, "o")
        await until(pilot, lambda: box_of(app).stepper.walk is not None)
        await rest(pilot)
        assert "Tracing the next step." in texts[0]
        text = "\n".join(lines(app))
        assert "Tracing the next step." not in text
        assert "z1[1] = x[1] W1[1,1] + b1[1]" in text
        await press(pilot, "right")
        assert box_of(app).stepper.walk is not None
        assert len(texts) == 1, "traced once"
        await press(pilot, "escape")
        await press_at_once(pilot, "o", "escape")
        assert len(texts) == 1, "not after the box was closed"
        await press_at_once(pilot, "o", "u")
        await until(pilot, lambda: box_of(app).stepper.walk is not None)
        assert len(texts) == 2
        assert "Nothing to undo" in "\n".join(lines(app)), "the trace removes no answer"


async def test_the_box_shows_any_sample_of_a_batch() -> None:
    app = make_app(samples=10, batch_size=4)
    async with app.run_test(size=(120, 36)) as pilot:
        assert "sample 1 of 4 of the batch" in await walked(pilot, "o", "right")
        box, begin = box_of(app), trained_state(app.view.session)
        text = await walked(pilot, "greater_than_sign")
        assert "samples 0-3 of 10, sample 2 of 4 of the batch. Forward" in text
        assert "Units, sample 2: z, then a" in text
        assert "</> sample" in text
        walk = box.stepper.walk
        assert walk is not None
        assert walk.index == 1, "the same number, of another sample"
        for derived in walk.numbers:
            layer, unit, _ = derived.place
            if derived.quantity.name == "delta":
                assert layer is not None
                assert unit is not None
                assert derived.result.number == walk.trace.layers[layer].delta[1, unit]
        figure = box.query_one(Plot).figure
        assert figure is not None
        marked = next(each for each in figure.series if each.role == "present")
        coordinates = shown(app).run.dataset.coordinates
        assert marked.x[0] == pytest.approx(coordinates[walk.trace.indices[1]][0])
        assert "sample 4 of 4" in await walked(pilot, "shift+left", "shift+left"), "around the end"
        text = await walked(pilot, "tab")
        assert "mean over the batch of 4. Backward" in text
        assert "The deltas are of sample 4" in text
        await press(pilot, "escape", *["up"] * 4)
        assert "samples 8-9 of 10, sample 2 of 2" in await walked(pilot, "right", "right"), "a smaller batch"
        assert "samples 0-3 of 10, sample 4 of 4" in await walked(pilot, "left", "left")
        assert trained_state(app.view.session) == begin


@pytest.mark.parametrize("ascii", [False, True])
async def test_the_box_names_all_its_keys_at_80_columns(ascii: bool) -> None:
    app = make_app(ascii=ascii, batch_size=4, hidden_units=(3, 2))
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "o")
        everywhere = ["step", "</> sample", "stride", "space play", "f freeze", "K knock out", "p predict"]
        everywhere += ["- + pace 1/s", ",/. report", "t words", "? help"]
        for named in (*everywhere, "enter chain", "esc close"):
            assert named in text, named
        text = await walked(pilot, "shift+tab")
        assert "dL/db1[3]" in text
        for named in (*everywhere, "tab next", "enter set value", "esc back"):
            assert named in text, named
        # Only what acts is named.
        text = await walked(pilot, "K")
        assert "K bring back" in text
        assert "freeze" not in text
        while "Chain of dL/dW2[3,1]" not in text:
            text = await walked(pilot, "tab")
        assert "set value" not in text, "from a unit that is knocked out"
        assert "freeze" not in text
        assert "+ - 0 sign" in await walked(pilot, "p")
        assert "enter answer" not in await walked(pilot)


async def test_esc_stops_what_is_in_progress_before_it_closes_the_box() -> None:
    app = make_app(epochs=1_000_000, report_interval=1_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s", "o", *["up"] * 6)
        box_of(app).action_walk(1)  # not by a key, since the pilot waits until nothing is in progress
        assert app.view.session.in_progress
        box_of(app).action_close()
        assert not app.view.session.in_progress
        assert box_of(app).stepper.walk is not None, "the next step of the run as it is now"
        await press(pilot, "escape")
        assert not isinstance(app.screen, BoxScreen)


async def test_the_box_fits_every_size_in_ascii() -> None:
    app = make_app("classification", ascii=True, hidden_units=(11, 10), optimizer="adam", batch_size=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "o")
        for size, *strides in zip(
            ((80, 24), (20, 5), (1, 1), (160, 48)), STRIDES[1:5], STRIDES[4:0:-1], strict=True
        ):
            await resize(pilot, *size)
            for stride in strides:
                box_of(app).stepper.stride = stride
                await press(pilot, "right")
            assert app.is_running
        assert app.view.session.snapshot().run.sample > 0


async def test_a_prediction_is_asked_for_beside_a_long_formula() -> None:
    app = make_app("classification", batch_size=5)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "o", "tab", "p")
        assert "Its sign? + - or 0" in text
        assert "mean of a1[1]" in text


async def test_a_number_of_the_box_is_predicted_and_then_revealed() -> None:
    app = make_app()
    app.view.session.advance_to(30)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "o", "p")
        box = box_of(app)
        walk = box.stepper.walk
        assert walk is not None
        number = walk.number.result.number
        assert "= ?" in text
        assert f"{number:.5g}" not in text
        assert "b1[1]" in text, "the first of its kind is worked"
        text = await walked(pilot, "minus" if number < 0 else "plus")
        assert "Right: it is" in text
        assert "4.2_" not in await walked(pilot, "4", "x", "backspace")
        text = await walked(pilot, "enter")
        assert "Type a number such as" in text
        text = await walked(pilot, *f"{abs(number):.1e}", "enter")
        assert "is right." in text
        assert f"{number:.5g}" in text
        assert "right: 1 of 1 signs, 1 of 1 values" in text
        assert "Chain" not in await walked(pilot, "enter", "tab"), "which has numbers still to be predicted"
        assert "= ?" in await walked(pilot, "right")
        assert "= ?" not in await walked(pilot, "right"), "revealed"
        assert "= ?" not in await walked(pilot, "left"), "what was answered stays known"
        for _ in range(2):  # z1[2] was revealed, a1[1] and a1[2] are worked, a1[3] is half worked
            await walked(pilot, "right")
        assert "z1[3] = x[1] W1[1,3]" in await walked(pilot)
        assert "1 of 1 values" in await walked(pilot), "what is half worked is no answer"
        assert "= ?" not in await walked(pilot, "p")
        await press(pilot, "escape", "o", "p")
        assert "1 of 1 values" in await walked(pilot), "a score for the session"
        await press(pilot, "space")
        assert "p predict" in await walked(pilot), "playing asks for nothing"
        await press(pilot, "space", "escape")
        assert shown(app).comparison.pins == (), "p pins nothing here"
