"""Pictures of the screen, each looked at before it was accepted; trained by steps, with no live timer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpengine import TASKS, Task
from tests.tui.apps import make_app

SIZES = [(80, 24), (140, 44)]
Compare = Callable[..., bool]


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("task", TASKS)
class TestTabs:
    """Each tab in the states that look different."""

    def test_start(self, snap_compare: Compare, task: Task, size: tuple[int, int]) -> None:
        assert snap_compare(make_app(task), terminal_size=size)

    def test_trained(self, snap_compare: Compare, task: Task, size: tuple[int, int]) -> None:
        app = make_app(task)
        app.view.session.advance_to({"regression": 1000, "classification": 60}[task])
        assert snap_compare(app, terminal_size=size)

    def test_too_large_a_learning_rate(
        self, snap_compare: Compare, task: Task, size: tuple[int, int]
    ) -> None:
        # The sine diverges. The classes can't: y - t is never above 1, so they only get worse than guessing.
        app = make_app(task, learning_rate={"regression": 10, "classification": 1000}[task])
        app.view.session.advance_to(1000)
        assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(), press=["question_mark"], terminal_size=size)


def test_typing_a_value(snap_compare: Compare) -> None:
    assert snap_compare(make_app(), press=["enter", "x", "enter"])


def test_smallest_size(snap_compare: Compare) -> None:
    assert snap_compare(make_app("classification"), press=["s"], terminal_size=(60, 18))


def test_three_classes_and_test_samples(snap_compare: Compare) -> None:
    app = make_app("classification", dataset="blobs", test_share=0.3, data_seed=1)
    app.view.session.advance_to(30)
    assert snap_compare(app, press=["m"], terminal_size=(80, 24))


def test_two_inputs_of_a_regression(snap_compare: Compare) -> None:
    app = make_app(dataset="hills", hidden_units=8, init_scale=0.5)
    app.view.session.advance_to(100)
    assert snap_compare(app, terminal_size=(80, 24))
