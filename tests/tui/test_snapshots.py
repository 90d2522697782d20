"""Pictures of the screen, each looked at before it was accepted; trained by steps, with no live timer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from bpengine import FIELD, TASKS, Task
from bptui.experiments.runner import ResultCache
from bptui.features.advice.dialog import AdviceScreen
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.map import MapScreen
from bptui.screen.overlays.map_setup import MapSetup
from bptui.session import commands
from bptui.settings.languages import translations
from bpwords import use
from tests.tui.support.apps import make_app, make_trained_app
from tests.tui.support.driving import press, rest, until
from tests.tui.support.lessons import lesson_app

Compare = Callable[..., bool]


@pytest.fixture
def looks_as_before(snap_compare: Compare) -> Compare:
    """Compares the screen after some keys with the accepted picture of it."""

    def compare(app: BptuiApp, *keys: str, size: tuple[int, int] = (80, 24)) -> bool:
        async def press_keys(pilot: Pilot[int]) -> None:
            await press(pilot, *keys)
            await until(pilot, lambda: not app.view.session.stability.is_working)
            await rest(pilot)

        return snap_compare(app, run_before=press_keys, terminal_size=size)

    return compare


def named(sizes: Iterable[tuple[Task, tuple[int, int]]]) -> pytest.MarkDecorator:
    """Run a test for these tasks and sizes."""
    cases = [pytest.param(task, size, id=f"{task}-{size[0]}x{size[1]}") for task, size in sizes]
    return pytest.mark.parametrize(("task", "size"), cases)


@named([("regression", (80, 24)), ("classification", (160, 48))])
def test_start(looks_as_before: Compare, task: Task, size: tuple[int, int]) -> None:
    assert looks_as_before(make_app(task), size=size)


@named(
    [
        ("regression", (80, 24)),
        ("regression", (160, 48)),
        ("classification", (80, 24)),
        ("classification", (140, 44)),
    ]
)
def test_trained(looks_as_before: Compare, task: Task, size: tuple[int, int]) -> None:
    app = make_trained_app(task, {"regression": 1000, "classification": 60}[task])
    assert looks_as_before(app, size=size)


def test_a_diverged_run(looks_as_before: Compare) -> None:
    assert looks_as_before(make_trained_app("regression", 1000, learning_rate=10))


def test_help(looks_as_before: Compare) -> None:
    assert looks_as_before(make_app(), "?")


def test_typing_a_value(looks_as_before: Compare) -> None:
    assert looks_as_before(make_app(), "enter", "x", "enter")


def test_picking_a_name(looks_as_before: Compare) -> None:
    assert looks_as_before(make_app("classification"), "home", "enter", "j")


def test_an_earlier_epoch_on_view(looks_as_before: Compare) -> None:
    app = make_app(report_interval=100)
    session = app.view.session
    session.advance_to(300)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.advance_to(900)
    assert looks_as_before(app, "p", "left_square_bracket", *["comma"] * 4, size=(120, 36))


def test_smallest_size(looks_as_before: Compare) -> None:
    assert looks_as_before(make_app("classification"), "s", size=(60, 18))


def test_a_tall_terminal(looks_as_before: Compare) -> None:
    app = make_app("classification", hidden_units=8)
    app.view.session.advance_to(60)
    assert looks_as_before(app, size=(90, 50))


def test_three_classes_and_test_samples(looks_as_before: Compare) -> None:
    app = make_app("classification", dataset="blobs", test_share=0.3, data_seed=1)
    app.view.session.advance_to(30)
    assert looks_as_before(app, "m")


def test_two_inputs_of_a_regression(looks_as_before: Compare) -> None:
    app = make_app(dataset="hills", hidden_units=8, init_scale=0.5)
    app.view.session.advance_to(100)
    assert looks_as_before(app)


def test_a_pinned_run(looks_as_before: Compare) -> None:
    app = make_app()
    app.view.session.advance_to(200)
    assert looks_as_before(app, "p", "r", "right", *["s"] * 30, "e", size=(120, 36))


@pytest.mark.parametrize("task", TASKS)
def test_what_lies_behind(looks_as_before: Compare, task: Task) -> None:
    assert looks_as_before(make_trained_app(task, 60), "v")


def test_a_unit_in_detail(looks_as_before: Compare) -> None:
    app = make_app("classification", dataset="spiral", hidden_units=(6, 4), activation="tanh")
    app.view.session.advance_to(20)
    assert looks_as_before(app, *["tab"] * 5, "right", "down", "enter")


def test_the_state_in_words(looks_as_before: Compare) -> None:
    assert looks_as_before(make_trained_app("classification", 20), "t")


def test_what_would_help(snap_compare: Compare) -> None:
    app = make_app(samples=8, epochs=20)
    app.view.session.advance_to(2)

    async def ask(pilot: Pilot[int]) -> None:
        await press(pilot, "a")
        await until(pilot, lambda: isinstance(app.screen, AdviceScreen) and app.screen.is_done)

    assert snap_compare(app, run_before=ask)


def test_in_ascii(looks_as_before: Compare) -> None:
    assert looks_as_before(make_trained_app("classification", 60, ascii=True))


def test_without_colors(looks_as_before: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_as_before(make_trained_app("classification", 60))


@named([("classification", (120, 36))])
def test_a_cloud(looks_as_before: Compare, task: Task, size: tuple[int, int]) -> None:
    app = make_app(task, epochs=60, samples=15, init_scale=0.5)
    session = app.view.session
    session.advance_to(20)
    session.do(commands.toggle_cloud)
    session.run_until_idle()
    assert looks_as_before(app, size=size)


def test_the_open_box(looks_as_before: Compare) -> None:
    keys = ["o", *["up"] * 3, "right", "right", "down", "down", "down", "right", "right"]
    assert looks_as_before(make_trained_app("regression", 20), *keys)


@pytest.mark.parametrize(
    ("phase", "size"), [("backward", (120, 36)), ("update", (80, 24))], ids=["backward", "update"]
)
def test_the_box_in_each_phase(looks_as_before: Compare, phase: str, size: tuple[int, int]) -> None:
    app = make_app("classification", batch_size=4) if size[0] == 80 else make_app(hidden_units=(3, 2))
    app.view.session.advance_to(20)
    phases = ["right"] * ["forward", "loss", "backward", "update"].index(phase)
    keys = [*["up"] * 3, *phases, *["down"] * 3, "right", "right"]
    assert looks_as_before(app, "o", *keys, size=size)


RESULTS = ResultCache()
"""The runs of the maps are trained once for all their pictures."""


@pytest.mark.parametrize(
    ("ascii", "keys"),
    [
        (False, ["left", "up"]),
        (True, ["e", "down"]),
    ],
    ids=["fits", "editor-ascii"],
)
def test_a_map(snap_compare: Compare, ascii: bool, keys: list[str]) -> None:
    app = make_app(ascii=ascii, epochs=12, samples=15, init_scale=0.5)
    app.runner.memory = RESULTS

    async def open_map(pilot: Pilot[int]) -> None:
        def is_done() -> bool:
            return isinstance(app.screen, MapSetup) or (
                isinstance(app.screen, MapScreen) and app.screen.is_done
            )

        await press(pilot, "M")
        await until(pilot, is_done)
        await press(pilot, *keys)
        await until(pilot, is_done)

    assert snap_compare(app, run_before=open_map)


def test_a_task_of_a_lesson(looks_as_before: Compare, tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    assert looks_as_before(app, "c", "c", "c", "2", "c", "up", "right", "s", "s", "H")


def test_a_question_of_a_lesson_in_chinese(looks_as_before: Compare, tmp_path: Path) -> None:
    use(translations("zh"))
    app = lesson_app(tmp_path, language="zh")
    assert looks_as_before(app, "c", "c", "1", size=(120, 36))
