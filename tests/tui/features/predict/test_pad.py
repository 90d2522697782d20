"""Pictures on the screen: the sheet, the weights and the pad."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.derivation import gradient_check
from bptui.features.predict.pad import PadPicture, PadScreen
from bptui.screen.app import BptuiApp
from bptui.screen.drawing.sheet import drawn_size, lay_out_sheet, zoomed
from bptui.screen.overlays.box import BoxScreen
from bptui.screen.tabs.picture_sheet import picture_sheet
from bptui.screen.widgets.plot import SamplePlot
from bptui.session.description.fooling import told
from bptui.session.pad import STEP, Pad, fooled, roughness
from bptui.session.session import Session
from bptui.session.units import unit_pixels
from bptui.settings.start_settings import StartSettings
from bpwords.numbers import number
from tests.tui.support.apps import dialog_text
from tests.tui.support.driving import press, press_at_once, rest, until

CONFIG = TrainingConfig.defaults(
    "classification", dataset="digits", **TrainingConfig.recipe("digits") | {"epochs": 9}
)


@pytest.fixture(scope="module")
def trained() -> Trainer:
    trainer = Trainer(CONFIG, kernel="numpy")
    trainer.fit()
    return trainer


@pytest.mark.parametrize(
    ("size", "room", "shown"),
    [((8, 8), (49, 11), 10), ((8, 8), (74, 18), 24), ((28, 28), (49, 12), 8), ((28, 28), (90, 30), 6)],
)
def test_pictures_are_as_large_as_is_useful(size: tuple[int, int], room: tuple[int, int], shown: int) -> None:
    layout = lay_out_sheet(size, 400, *room)
    assert layout.room == shown
    assert (layout.columns, layout.rows) == drawn_size(size, layout.zoom)
    assert layout.abreast * layout.stride < room[0]
    assert layout.down * (layout.rows + 1) <= room[1]


def test_pixels_that_share_a_half_cell_have_their_mean() -> None:
    picture = np.arange(25.0).reshape(5, 5)
    assert zoomed(picture, 2.0).shape == (10, 10)
    half = zoomed(picture, 1 / 2)
    assert half.shape == (3, 3)
    assert half[0, 0] == picture[:2, :2].mean()
    assert half[2, 2] == 24


async def look_at_sample(pilot: Pilot[int], test: Dataset, answers: Array) -> None:
    """Go through the box with sample 1, which is chosen, and read it in words."""
    await press(pilot, "o")
    box = pilot.app.screen
    assert isinstance(box, BoxScreen) and box.stepper.walk is not None
    np.testing.assert_array_equal(box.stepper.walk.trace.coordinates, test.coordinates[1:2])
    np.testing.assert_array_equal(box.stepper.walk.trace.outputs, answers[1:2])
    heading = str(box.query_one("#box-heading", Static).content)
    assert heading.startswith("Epoch 3, sample 2 as a batch of its own.")
    await press(pilot, "tab")  # the chain of a weight, which is checked for this sample
    chain = str(box.query_one("#box-formulas", Static).content)
    assert "by central differences" in chain and "equal within" in chain
    await press(pilot, "escape", "escape", "t")
    described = str(pilot.app.screen.query_one("#words Static", Static).content)
    rows = described.partition("A sample\n")[2].split("\n")
    pixels = test.coordinates[1].reshape(8, 8)
    inks = ["".join(".:+*#"[min(int(value * 5), 4)] * 2 for value in row) for row in pixels]
    assert rows[:8] == inks
    assert rows[8].startswith(f"Sample 2 is {int(test.targets[1].argmax())}. The network answers ")
    await press(pilot, "escape")


async def test_a_sheet_a_pad_and_a_click() -> None:
    start = StartSettings(
        start="classification", configs={"classification": CONFIG}, paused=True, kernel="numpy"
    )
    app = BptuiApp(start)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *"sss")
        await until(pilot, lambda: not app.view.session.in_progress)
        plot = app.view.query_one("#plot", SamplePlot)
        assert plot.sheet is not None
        test = app.view.session.dataset.test
        assert test is not None
        np.testing.assert_array_equal(plot.sheet.pictures[1].ravel(), test.coordinates[1])
        assert plot.sheet.draw(0, 3, colors=True) == [[], [], []]
        answers = app.view.session.outputs(test.inputs)
        for number, (caption, role) in enumerate(zip(plot.sheet.captions, plot.sheet.roles, strict=True)):
            answer, actual = int(answers[number].argmax()), int(test.targets[number].argmax())
            assert (role == "wrong") == (answer != actual)
            assert caption.startswith(f"{answer}≠{actual} " if answer != actual else f"{answer} ")
        await press(pilot, "v")
        await rest(pilot)
        own = answers[np.arange(len(answers)), test.targets.argmax(axis=1)]
        assert plot.sheet.numbers[0] == int(own.argmin())
        await press(pilot, "v", "tab", "right", "down")
        await rest(pilot)
        layout = plot.sheet.layout(*plot.size)
        assert app.view.options.sample == layout.abreast  # the first key chooses the first picture
        assert await pilot.click(plot, offset=(3 + layout.stride, 2))
        await rest(pilot)
        assert app.view.options.sample == 1
        await look_at_sample(pilot, test, answers)
        await press_at_once(pilot, "left", "right", "D")  # before the view is told of the choice
        pad = app.screen
        assert isinstance(pad, PadScreen)
        said = dialog_text(app, "#message")
        assert said.startswith(f"Sample 2 is {int(test.targets[1].argmax())}. The network answers ")
        await press(pilot, "a", "a")
        assert "Random steps of the same size: " in dialog_text(app, "#message")
        for size in ((24, 9), (120, 36)):  # too narrow for two pictures side by side, and back
            await pilot.resize_terminal(*size)
            await rest(pilot)
            rows = pad.query_one(PadPicture).draw(*pad.query_one(PadPicture).size)
            drawn = "".join(span.text for row in rows for span in row)
            assert drawn.startswith("no room for pictures" if size[0] < 40 else "p4_4 ")
        await press(pilot, "c", "space", "left", "space", "x", "u", "w", "t", "7", "9")
        assert await pilot.mouse_down(pad.query_one("#picture"), offset=(1, 1))
        await press(pilot, "escape")
        assert app.screen is app.screen_stack[0]


def test_the_pad_draws_takes_fools_and_undoes(trained: Trainer) -> None:
    session = Session(CONFIG, restored=trained)
    pad = Pad(lambda: session.trainer)
    assert not pad.pixels.any()
    pad.move(-99, -99)
    pad.draw(0.5)
    assert pad.picture.shaped(pad.pixels)[0, 0] == 0.5
    assert pad.picture.shaped(pad.pixels)[0, 1] == pad.picture.shaped(pad.pixels)[1, 0] == 0.2
    pad.draw(-9)
    assert not pad.pixels.any()
    pad.take(3)
    before = pad.pixels
    answer = int(pad.answer(before).argmax())
    for _ in range(4):
        pad.fool()
    assert pad.step is not None
    assert int(pad.answer(pad.pixels).argmax()) != answer == pad.step.away_from
    assert np.abs(pad.pixels - before).max() <= 4 * STEP + 1e-12
    assert np.abs(pad.at_random() - before).max() <= 4 * STEP + 1e-12
    for _ in range(4):
        pad.undo()
    np.testing.assert_array_equal(pad.pixels, before)
    for _ in range(8):
        pad.fool(toward=(answer + 1) % 10)
    assert int(pad.answer(pad.pixels).argmax()) == (answer + 1) % 10
    assert pad.take_next(wrong=True)
    assert pad.sample is not None
    assert int(pad.answer(pad.pixels).argmax()) != int(pad.samples.targets[pad.sample].argmax())


def test_a_step_with_one_sample_is_that_of_a_run_on_it_alone(trained: Trainer) -> None:
    test = trained.dataset.test
    assert trained.finished and test is not None
    alone, before = trained.alone(7), trained.parameters_now()
    trace = alone.trace()
    assert trace is not None
    np.testing.assert_array_equal(trace.inputs, test.inputs[7:8])
    np.testing.assert_array_equal(trace.outputs, trained.network.predict(test.inputs[7:8]))
    gradient = trained.network.mean_gradient(test.inputs[7:8], test.targets[7:8])
    np.testing.assert_array_equal(trace.layers[-1].gradient.biases, gradient[-10:])
    assert all(check.agrees for check in gradient_check(alone, (0, 99, len(before) - 1)))
    assert trained.trace() is None, "the run itself has ended"
    np.testing.assert_array_equal(trained.parameters_now(), before)
    plain = Trainer(TrainingConfig.defaults("regression"), kernel="numpy")
    middle = plain.alone(3).trace()
    assert middle is not None
    np.testing.assert_array_equal(middle.inputs, plain.dataset.inputs[3:4])


def test_small_steps_along_the_gradient_fool_and_random_ones_seldom_do(trained: Trainer) -> None:
    along, at_random = fooled(trained.network, trained.dataset)
    assert along > 0.7
    assert at_random < 0.15
    weights, dataset = trained.network.layers[0].weights, trained.dataset
    assert 0.6 < roughness(weights, dataset) < 1.4
    assert roughness(np.ones_like(weights), dataset) == 0
    independent = np.random.RandomState(0).standard_normal(weights.shape)
    assert roughness(independent, dataset) == pytest.approx(2, abs=0.2)
    plain = Trainer(TrainingConfig.defaults("classification"))
    assert np.isnan(fooled(plain.network, plain.dataset)[0])


def test_the_numbers_of_a_sheet_are_those_among_all_samples() -> None:
    session = Session(CONFIG.replace(samples=2500, test_share=0))
    sheet, legend = picture_sheet(session.snapshot(), detail=False, chosen=None)
    assert "/2500 training samples" in str(legend)
    assert sheet.numbers[-1] >= len(sheet.numbers), "not all are observed"
    pixels = session.dataset.coordinates[list(sheet.numbers)]
    np.testing.assert_array_equal(sheet.pictures.reshape(pixels.shape), pixels)


def test_the_pad_tells_a_number_in_the_units_of_the_target(trained: Trainer) -> None:
    pixels, digits = trained.dataset.coordinates, trained.dataset.targets.argmax(axis=1)
    source = Dataset.from_arrays(pixels, 1000.0 * digits, features=trained.dataset.features)
    session = Session(TrainingConfig.defaults("regression", hidden_units=()), source)
    pad = Pad(lambda: session.trainer)
    pad.take(3)
    rows = told(pad)
    answer = float(session.dataset.target_scaling.undo(session.outputs(session.dataset.inputs[3:4]))[0, 0])
    assert rows[-1] == f"Sample 4 is {digits[3]}000. The network answers {number(answer)}."
    sheet, _ = picture_sheet(session.snapshot(), detail=True, chosen=None)
    outputs = session.dataset.target_scaling.undo(session.outputs(session.dataset.inputs))[:, 0]
    worst = int(np.abs(outputs - 1000 * digits).argmax())
    assert sheet.numbers[0] == worst
    assert sheet.captions[0] == f"{number(float(outputs[worst]))} ({number(1000.0 * digits[worst])})"


def test_a_unit_is_seen_by_its_weights_or_by_what_excites_it(trained: Trainer) -> None:
    snapshot = Session(CONFIG, restored=trained).snapshot()
    first = unit_pixels(snapshot, (0, 5))
    assert first is not None
    np.testing.assert_array_equal(first[::-1].ravel(), trained.network.layers[0].weights[:, 5])
    output = unit_pixels(snapshot, (1, 1))
    assert output is not None
    ones = trained.dataset.coordinates[trained.dataset.targets[:, 1] == 1]
    typical = (ones.mean(axis=0) - trained.dataset.coordinates.mean(axis=0)).reshape(8, 8)
    assert np.corrcoef(output[::-1].ravel(), typical.ravel())[0, 1] > 0.95
    assert unit_pixels(Session(TrainingConfig.defaults("classification")).snapshot(), (0, 0)) is None
