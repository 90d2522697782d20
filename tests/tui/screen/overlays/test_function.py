"""A function is typed on the screen, checked as it is typed, learned, and undone."""

from __future__ import annotations

from textual.widgets import Input

from bpengine import FIELD, TASKS, Dataset, TrainingConfig
from bptui.process.allowance import Allowance
from bptui.process.restrictions import RESTRICTED
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.questions import AskScreen
from bptui.session import commands
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import dialog_text, lines, make_app, shown
from tests.tui.support.driving import press, resize, rest, until
from tests.tui.support.sessions import make_session


async def test_a_function_is_typed_checked_learned_and_undone() -> None:
    app = make_app(learning_rate=0.2)
    app.view.session.advance_to(5)
    async with app.run_test(size=(80, 24)) as pilot:
        app.files.learn()
        await until(pilot, lambda: bool(app.screen.query(Input)))
        assert "sqrt" in dialog_text(app, "#message")
        await press(pilot, "enter")
        assert dialog_text(app, "#message") == "type a formula such as sin(x) + 0.3*sin(3*x)"
        await press(pilot, *"x + 2z")
        await until(pilot, lambda: dialog_text(app, "#pointer") == "     ^")
        assert dialog_text(app, "#message").startswith("unknown name 'z'; allowed: x, pi, e, sin")
        await press(pilot, "enter")
        assert isinstance(app.screen, AskScreen), "it can't be learned"
        box, pointer = app.screen.query_one(Input), app.screen.query_one("#pointer")
        assert pointer.content_region.x == box.content_region.x, "the pointer is under the formula"
        box.value = "1/x"
        await press(pilot, "enter")
        assert (
            dialog_text(app, "#message") == "the formula has no finite value at x = 0; change it or the range"
        )
        box.value = "x + [/z]" + "x" * 100  # no markup, and an error that has scrolled out of the box
        await until(pilot, lambda: dialog_text(app, "#message") == "'[' is not allowed; write ( )")
        box.value = "y > x"
        await until(pilot, lambda: "for classification" in dialog_text(app, "#message"))
        box.value = " x**2 "
        await until(
            pilot, lambda: dialog_text(app, "#pointer") == "" and "sqrt" in dialog_text(app, "#message")
        )
        await app.action_open_tab("classification")  # as the palette can
        await press(pilot, "enter")
        assert app.screen is app.screen_stack[0]
        await app.action_open_tab("regression")
        await rest(pilot)
        config = shown(app).run.config
        assert (config.function, config.learning_rate, shown(app).run.error) == ("x**2", 0.2, None)
        assert "y = x**2" in lines(app)[1]
        assert shown(app).status.advice == "Learning x**2: the run restarts. u undoes it."
        await press(pilot, "u")
        assert (shown(app).run.config.function, shown(app).run.epoch) == ("", 5)


async def test_a_function_is_reached_from_the_palette_and_on_a_restricted_screen() -> None:
    start = StartSettings(paused=True, kernel="numpy", start="classification")
    app = BptuiApp(start, allowance=Allowance(RESTRICTED))
    async with app.run_test(size=(60, 18)) as pilot:
        (entry,) = (each for each in app.palette_source.entries("") if each.title.startswith("Learn a"))
        entry.run()
        await until(pilot, lambda: bool(app.screen.query(Input)))
        await press(pilot, *"x*y > 0.1", "enter")
        assert shown(app).run.dataset.name == "x*y > 0.1"
        app.settings.set(app.view, FIELD["function"], "x")
        assert shown(app).status.advice.startswith("function: column 1: this formula is for regression; ")
        app.settings.set(app.view, FIELD["activation"], ("tanh", "relu"))
        assert shown(app).status.advice == "activation: must be 1 name for 1 hidden layer, got 'tanh,relu'."
        app.settings.set(app.view, FIELD["samples"], 2001)
        assert "at most 2000 are allowed here" in shown(app).status.advice
        assert shown(app).run.config.function == "x*y > 0.1"


async def test_the_dialog_fits_a_tiny_terminal() -> None:
    app = make_app()
    async with app.run_test(size=(20, 5)) as pilot:
        app.files.learn()
        for width, height in ((1, 1), (8, 24), (80, 5)):
            await resize(pilot, width, height)
            await press(pilot, "z")
            assert app.is_running


async def test_a_function_takes_the_place_of_the_user_s_own_data() -> None:
    source = Dataset.from_arrays([1, 2, 3, 4], [1.0, 4, 9, 16], name="squares")
    configs = {task: TrainingConfig.defaults(task) for task in TASKS}
    start = StartSettings(configs=configs, sources={"regression": source}, paused=True, kernel="numpy")
    app = BptuiApp(start)
    async with app.run_test():
        app.view.do(commands.learn, "cos(x)")
        assert (shown(app).run.dataset.name, app.view.session.source) == ("y = cos(x)", None)
        await app.action_do("undo")
        assert shown(app).run.dataset.name == "squares"


def test_a_named_data_set_takes_the_place_of_a_function_again() -> None:
    session = make_session(function="x**2")
    assert {"dataset", "frequency"} <= session.snapshot().run.unused
    session.do(commands.change, FIELD["dataset"], "sine")  # also the one that the settings named before
    assert (session.config.function, session.snapshot().run.dataset.name) == ("", "sine")
    assert "x_range" in session.snapshot().run.unused
    session.do(commands.change, FIELD["function"], "sin(2*x) + 0.001")
    assert (
        session.snapshot().status.advice
        == "function none → sin(2*x) + 0.…: space starts the training with it."
    )
    session.do(commands.change, FIELD["function"], "sin(2*x) + 0.001")
    assert "To change it, type another one." in session.snapshot().status.advice
    session.do(commands.change, FIELD["x_range"], (-1, 1))
    assert session.snapshot().run.dataset.domain == ((-1, 1),)
    session.do(commands.change, FIELD["function"], "1/x")
    assert session.snapshot().status.advice.startswith("the formula has no finite value at x = 0; ")
    assert session.config.function == "sin(2*x) + 0.001"
