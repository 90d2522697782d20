"""The open box: a walk through the live run that changes nothing but what the same steps change."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from bpengine import FIELD, Edit, Task, Trainer, TrainingConfig
from bpengine.derivation import TEXT
from bpengine.edits import BIAS
from bptui.app import BptuiApp
from bptui.box.chain import chain, check_in_words, parameter_of
from bptui.box.page import headings
from bptui.box.prediction import Prediction, is_close, read
from bptui.box.stepper import Stepper
from bptui.box.strides import STRIDES, Stride, starts
from bptui.box.tally import Tally
from bptui.drawing import Kind
from bptui.screens.box import BoxScreen
from bptui.screens.help import HelpScreen
from bptui.session.session import Session
from bptui.session.snapshot import State
from bptui.views.step_effect import effect_figure
from tests.tui.support.apps import lines, make_app, shown, until


def state_of(session: Session) -> tuple[object, ...]:
    """All that training changes."""
    state = session._trainer.run_state()
    arrays = (state.parameters, state.first_moment, state.second_moment, state.order, state.losses)
    key = state.generator["state"]["key"]  # 624 numbers, which take long to print
    generator = state.generator | {"state": (key.tobytes(), state.generator["state"]["pos"])}
    return (
        state.epochs_done,
        state.samples_done,
        state.updates,
        state.config,
        str(generator),
        *(array.tobytes() for array in arrays),
        session._trainer.history.last,
    )


def make_session(task: Task = "regression", **settings: Any) -> Session:
    return Session(TrainingConfig.defaults(task, **settings))


def test_a_walk_in_all_strides_there_and_back_ends_where_it_began() -> None:
    runs: tuple[dict[str, Any], ...] = (
        {"samples": 9, "optimizer": "adam", "batch_size": 4, "report_interval": 2},
        {"samples": 7, "hidden_units": (3, 2), "l2": 0.1, "clip": 0.01, "schedule": "cosine"},
    )
    for settings in runs:
        session = make_session(**settings)
        session._trainer.run_for(1000, max_samples=2 * len(session._trainer.dataset))
        begin, alone = state_of(session), Trainer(session.config)
        alone.run_for(1000, max_samples=2 * len(alone.dataset))
        stepper = Stepper(lambda session=session: session)  # type: ignore[misc]
        for stride in (Stride.NUMBER, Stride.UNIT, Stride.LAYER, Stride.PHASE, Stride.STEP):
            stepper.stride = stride
            assert stepper.walk is not None
            a_step = len(starts(stepper.walk.numbers, stride))
            steps_to_walk = 2 if stride in (Stride.NUMBER, Stride.UNIT) else 5
            places = []
            for number in range(steps_to_walk * a_step):
                places.append((state_of(session), stepper.walk.index))
                assert stepper.on()
                assert stepper.walk is not None
                steps = (number + 1) // a_step
                assert session._trainer.run_state().updates - alone.run_state().updates == steps, stride
            for _ in range(steps_to_walk):
                alone.step()
            assert (session._trainer.network.parameters == alone.network.parameters).all(), "as without it"
            alone.rewind(2)
            for place in reversed(places):
                assert stepper.back()
                assert stepper.walk is not None
                assert (state_of(session), stepper.walk.index) == place, stride
            assert state_of(session) == begin


def test_going_back_beyond_the_beginning_repeats_the_changes_since_then() -> None:
    session = make_session(samples=10, batch_size=3)
    before = []
    for number in range(52):
        if number == 13:
            session.change(FIELD["learning_rate"], 0.3)
        if number == 18:
            session._trainer.set_weights(np.full_like(session._trainer.network.parameters, 0.1))
        before.append(state_of(session))
        assert session.step_batch()
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    end = state_of(session)
    for number in range(51, -1, -1):
        assert stepper.back()
        assert state_of(session) == before[number], number
    assert not stepper.back()
    assert "start of the run" in stepper.problem
    session.undo()
    assert state_of(session) == end, "one undo returns to the run before the walk"
    # Another run at the same place does not take the steps of this one for its own.
    session.step_batch()
    session.change(FIELD["learning_rate"], 0.01)
    session.step_back()
    assert state_of(session) == end


def test_where_the_run_ends_there_is_no_next_step_but_the_one_before() -> None:
    session = make_session(samples=4, epochs=1)
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    for _ in range(4):
        assert stepper.on()
    assert (stepper.walk, session.state) == (None, State.FINISHED)
    assert stepper.problem.startswith("The run has ended")
    assert not stepper.on()
    assert stepper.back()
    assert stepper.walk is not None

    diverging = make_session(samples=4, learning_rate=1000)
    stepper = Stepper(lambda: diverging)
    stepper.stride = Stride.EPOCH
    while stepper.walk is not None:
        stepper.on()
    assert "iverged" in stepper.problem
    stepper.stride = Stride.STEP
    assert stepper.back()
    assert stepper.walk is not None


def box_of(app: BptuiApp) -> BoxScreen:
    assert isinstance(app.screen, BoxScreen)
    return app.screen


async def walked(pilot: Pilot[int], *keys: str) -> str:
    """What the screen says after these keys."""
    await pilot.press(*keys)
    await pilot.pause()
    assert isinstance(pilot.app, BptuiApp)
    return "\n".join(lines(pilot.app))


async def test_the_keys_of_the_box() -> None:
    app = make_app(epochs=50, report_interval=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        app.view.session.toggle()  # running, but no time passes
        text = await walked(pilot, "o")
        assert app.view.session.state is State.PAUSED
        assert "z1[1] = x[1] W1[1,1] + b1[1]" in text
        assert "Each unit weighs what it receives" in text
        epoch, sample = app.view.session.epochs_done, shown(app).run.sample
        assert f"Epoch {epoch}, sample {sample} of 63" in text
        assert "‹number›" in text
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
        await pilot.press("down", "down", "down", "down")
        assert "The next step of the run" in await walked(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        assert "Chain of dL/dW2[1,1]" in await walked(pilot, "tab")
        assert "By the chain rule" in await walked(pilot, "shift+tab")
        assert "Chain" not in await walked(pilot, "escape")
        assert "dL/db1[3]  bias gradient" in await walked(pilot, "t")
        await pilot.press("escape", *["up"] * 5)
        box = box_of(app)
        assert box.stepper.stride is Stride.EPOCH
        for stride, after in ((Stride.EPOCH, epoch + 1), (Stride.REPORT, None)):
            assert box.stepper.stride is stride
            await pilot.press("right")
            await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
            assert after is None or app.view.session.epochs_done == after
            await pilot.press("up")
        done = app.view.session.epochs_done
        await pilot.press("left")
        await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
        assert app.view.session.epochs_done < done
        await pilot.press(*["down"] * 6, "plus", "plus", "plus", "plus", "space")
        await until(pilot, lambda: box.stepper.walk is not None and box.stepper.walk.index > 1)
        await pilot.press("space")
        assert not box._playing
        await pilot.press("o")
        assert app.view.session.state is State.PAUSED
        assert not isinstance(app.screen, BoxScreen)


async def test_the_chain_of_a_weight_is_told_in_words_with_its_check() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "s", "o", "tab", "t")
        assert "the chain rule" in text
        assert "From the loss down: delta2[1] = y[1] - t[1]" in text
        assert "From the loss" not in await walked(pilot, "escape", "escape", "t")


async def test_where_there_is_no_next_step_the_run_is_shown_as_it_is() -> None:
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
            assert "network ╌ sine" in text, "the plot"
            assert "delta" not in text
            assert "new b2[1]" in await walked(pilot, "left")
            assert told[1] in await walked(pilot, "right")


@pytest.mark.parametrize("batch_size", [1, 5])
async def test_nothing_that_says_where_one_is_is_cut_off(batch_size: int) -> None:
    app = make_app("classification", batch_size=batch_size, hidden_units=(20, 20))
    app.view.session.advance_to(50)
    async with app.run_test(size=(60, 18)) as pilot:
        phases = ["Forward", "Loss", "Backward", "Update"]
        await pilot.press("o", "up", "up", "up")
        for phase in phases:
            top, *_, strides, _, _ = lines(app)
            walk = box_of(app).stepper.walk
            assert walk is not None
            assert top.strip() in headings(walk, 441), "the whole of a line"
            assert phase in top
            assert "report" in strides
            assert f"{walk.index + 1}/{len(walk.numbers)}" in strides
            await pilot.press("right")
        await pilot.resize_terminal(160, 48)
        await pilot.pause()
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
        assert "In the units: a" in text
        app.view.session.restart(hidden_units=(3, 3, 3, 3, 3))
        app.view.show_now()
        assert "In the units" not in await walked(pilot, "right"), "no unit has room for its number"


async def test_any_sample_of_a_batch_is_shown() -> None:
    app = make_app(samples=10, batch_size=4)
    async with app.run_test(size=(120, 36)) as pilot:
        assert "sample 1 of 4 of the batch" in await walked(pilot, "o", "right")
        box, begin = box_of(app), state_of(app.view.session)
        text = await walked(pilot, "greater_than_sign")
        assert "samples 0-3 of 10, sample 2 of 4 of the batch. Forward" in text
        assert "Units, sample 2: a" in text
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
        marked = next(each for each in box._plot.figure.series if each.role == "present")  # type: ignore[union-attr]
        coordinates = shown(app).run.dataset.coordinates
        assert marked.x[0] == pytest.approx(coordinates[walk.trace.indices[1]][0])
        assert "sample 4 of 4" in await walked(pilot, "shift+left", "shift+left"), "around the end"
        text = await walked(pilot, "tab")
        assert "mean over the batch of 4. Backward" in text
        assert "The deltas are of sample 4" in text
        await pilot.press("escape", *["up"] * 4)
        assert "samples 8-9 of 10, sample 2 of 2" in await walked(pilot, "right", "right"), "a smaller batch"
        assert "samples 0-3 of 10, sample 4 of 4" in await walked(pilot, "left", "left")
        assert state_of(app.view.session) == begin


@pytest.mark.parametrize("ascii", [False, True])
async def test_all_of_its_keys_are_named_at_80_columns(ascii: bool) -> None:
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
        box_of(app)._open_weight((1, 0, 2))
        text = await walked(pilot)
        assert "Chain of dL/dW2[3,1]" in text
        assert "set value" not in text, "from a unit that is knocked out"
        assert "freeze" not in text
        assert "+ - 0 sign" in await walked(pilot, "p")
        assert "enter answer" not in await walked(pilot)


async def test_esc_stops_what_is_in_progress_before_it_closes_the_box() -> None:
    app = make_app(epochs=1_000_000, report_interval=1_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "o", *["up"] * 6)
        box_of(app).action_walk(1)  # not by a key, since the pilot waits until nothing is in progress
        assert app.view.session.in_progress
        box_of(app).action_close()
        assert not app.view.session.in_progress
        assert box_of(app).stepper.walk is not None, "the next step of the run as it is now"
        await pilot.press("escape")
        assert not isinstance(app.screen, BoxScreen)


@pytest.mark.parametrize("task", ["regression", "classification"])
async def test_it_fits_everywhere_in_ascii_too(task: Task) -> None:
    app = make_app(task, ascii=True, hidden_units=(11, 10), optimizer="adam", batch_size=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        for size in ((80, 24), (20, 5), (1, 1), (160, 48)):
            await pilot.resize_terminal(*size)
            for stride in STRIDES[1:5]:
                box_of(app).stepper.stride = stride
                for _ in range(3):
                    await pilot.press("right")
            assert app._exception is None
        assert app.view.session.snapshot().run.sample > 0


def test_the_plot_shows_what_the_step_does_and_says_how_much_it_is_magnified() -> None:
    runs: tuple[tuple[Task, dict[str, Any]], ...] = (
        ("regression", {}),
        ("regression", {"dataset": "hills"}),
        ("classification", {}),
        ("classification", {"dataset": "blobs"}),
        ("regression", {"learning_rate": 0.0}),
    )
    for task, settings in runs:
        session = make_session(task, **settings)
        session.advance_to(5)
        snapshot, trace = session.snapshot(), session.trace()
        assert trace is not None
        figure, legend = effect_figure(snapshot, trace)
        session.step_batch()
        after = session.snapshot()
        by_role = {each.role: each for each in figure.series}
        assert by_role["compared"].kind is Kind.DASHED
        dataset = snapshot.run.dataset
        (x,) = by_role["present"].x
        assert x == pytest.approx(dataset.coordinates[trace.indices[0]][0])
        if settings.get("learning_rate") == 0:
            assert "no change to be seen" in str(legend)
        if len(dataset.domain) == 1:
            assert snapshot.network.grid_outputs is not None
            assert after.network.grid_outputs is not None
            before_line, moved = snapshot.network.grid_outputs[:, 0], after.network.grid_outputs[:, 0]
            assert by_role["compared"].y == pytest.approx(before_line)
            found = re.search(r"magnified x([\d,]+)", str(legend))
            factor = float(found[1].replace(",", "")) if found else 1.0
            assert by_role["fit"].y == pytest.approx(before_line + factor * (moved - before_line))


def test_where_all_are_of_one_class_it_says_that_there_is_no_border() -> None:
    session = make_session("classification")
    trace = session.trace()
    assert trace is not None
    figure, legend = effect_figure(session.snapshot(), trace)
    assert not any(each.role in ("border", "compared") for each in figure.series)
    assert "no border: one class everywhere" in str(legend)
    assert "magnified" not in str(legend)


def test_a_weight_has_its_chain_and_its_check() -> None:
    session = make_session("classification", hidden_units=(4, 3), batch_size=3)
    session.advance_to(3)
    stepper = Stepper(lambda: session)
    walk = stepper.walk
    assert walk is not None
    names = set()
    for index, number in enumerate(walk.numbers):
        walk.index = index
        parameter = parameter_of(walk)
        if parameter is None or number.phase != "backward" or "gradient" not in number.quantity.name:
            continue
        check = session.check_derivative(parameter)
        names.add(check.name)
        assert TEXT.symbol(number.result.symbol) == f"dL/d{check.name}"
        lines_of_chain = chain(walk)
        assert lines_of_chain[0].startswith("delta3[")
        assert len(lines_of_chain) == {1: 2 + 3 + 1 + 1, 2: 2 + 1 + 1, 3: 1 + 1}[int(check.name[1])]
        assert lines_of_chain[-1].startswith(f"dL/d{check.name} = ")
        assert check.by_chain_rule == pytest.approx(number.result.number)
        assert "equal" in check_in_words(check)
    assert len(names) == len(session._trainer.network.parameters)


def test_a_prediction_is_right_to_two_digits_however_it_is_written() -> None:
    for text in ("0.042", "4.2e-2", ".0421", "0.0417", "42e-3", "0,042", "4,2e-2"):
        value = read(text)
        assert value is not None
        assert is_close(value, 0.041734), text
    for text, number in (("0.044", 0.0417), ("0.4", 0.0417), ("-0.042", 0.0417), ("1", 0.0)):
        value = read(text)
        assert value is not None
        assert not is_close(value, number), text
    assert [read(text) for text in ("", "e", "1e999", "-", "1.2.3", "1,234")] == [None] * 6


def test_numbers_that_an_edit_has_changed_are_asked_for_again() -> None:
    session, prediction = make_session(), Prediction(Tally())
    stepper = Stepper(lambda: session)
    prediction.toggle()
    assert stepper.walk is not None
    prediction.reveal(stepper.walk)
    stepper.look()
    assert not prediction.asks(stepper.walk)
    session.edit(Edit("set", 0, 0, BIAS, 0.5))
    stepper.follow()
    assert prediction.asks(stepper.walk)


async def test_a_question_is_seen_beside_a_long_formula() -> None:
    app = make_app("classification", batch_size=5)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await walked(pilot, "o", "tab", "p")
        assert "Its sign? + - or 0" in text
        assert "mean of a1[1]" in text


async def test_predict_then_reveal() -> None:
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
        assert not box._prediction.tally.values > 1
        assert "= ?" not in await walked(pilot, "p")
        await pilot.press("escape", "o", "p")
        assert "1 of 1 values" in await walked(pilot), "a tally for the session"
        await pilot.press("space")
        assert not box_of(app)._prediction.is_on, "playing asks for nothing"
        await pilot.press("space", "escape")
        assert shown(app).comparison.pins == (), "p pins nothing here"
