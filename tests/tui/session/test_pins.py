"""Up to four pins: each under its letter, until it is unpinned, whatever is undone meanwhile."""

from __future__ import annotations

import re

from rich.console import Console
from textual.containers import VerticalScroll

from bpengine import FIELD
from bptui.screen.overlays.reading import PinsScreen
from bptui.screen.widgets.comparison_table import comparison_table
from bptui.screen.widgets.status_line import items_line, status_text
from bptui.session import commands
from bptui.session.description import describe, describe_progress
from bptui.session.session import Session
from bpwords.numbers import error_text
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import press, rest
from tests.tui.support.sessions import make_session


def pins(session: Session) -> dict[str, int]:
    """The epoch of each pin, the oldest first."""
    return {pin.label: pin.snapshot.run.epoch for pin in session.snapshot().comparison.pins}


def said(session: Session) -> str:
    return session.snapshot().status.advice


def test_the_key_p_adds_a_pin_and_removes_that_of_the_same_run() -> None:
    session = make_session()
    for epoch in (3, 5, 7, 9):
        session.advance_to(epoch)
        session.do(commands.toggle_pin)
    assert pins(session) == {"A": 3, "B": 5, "C": 7, "D": 9}
    session.advance_to(11)
    session.do(commands.toggle_pin)
    assert "in place of the oldest pin" in said(session)
    assert pins(session) == {"B": 5, "C": 7, "D": 9, "A": 11}
    session.do(commands.undo)
    assert pins(session) == {"A": 3, "B": 5, "C": 7, "D": 9}, "nothing is lost"
    session.do(commands.redo)
    session.do(commands.toggle_pin)
    assert said(session).startswith("Unpinned A.")
    assert pins(session) == {"B": 5, "C": 7, "D": 9}
    session.do(commands.undo)
    assert pins(session) == {"B": 5, "C": 7, "D": 9, "A": 11}
    session.do(commands.unpin, "C")
    session.do(commands.unpin, "C")
    session.advance_to(13)
    session.do(commands.toggle_pin)
    assert pins(session) == {"B": 5, "D": 9, "A": 11, "C": 13}, "the free letter"


def test_the_same_epoch_with_other_weights_is_another_run() -> None:
    session = make_session()
    session.advance_to(3)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.do(commands.toggle_pin)
    session.do(commands.restart)
    session.advance_to(3)
    session.do(commands.toggle_pin)
    assert pins(session) == {"A": 3, "B": 3}
    session.do(commands.toggle_pin)
    assert pins(session) == {"A": 3}


def test_a_pin_stays_when_the_run_returns_to_an_earlier_point() -> None:
    session = make_session()
    session.advance_to(3)
    session.do(commands.change, FIELD["hidden_units"], (5,))
    session.advance_to(6)
    session.do(commands.toggle_pin)
    session.do(commands.undo)
    assert session.config.hidden_units == (3,)
    assert pins(session) == {"A": 6}
    (pin,) = session.snapshot().comparison.pins
    assert pin.changes == ("H 5 → 3",)
    assert "A has an epoch error of" in describe(session.snapshot())
    assert "it has hidden units 5 (now 3)." in describe(session.snapshot())


def test_a_what_if_compares_with_the_run_before_and_leaves_the_pins_alone() -> None:
    session = make_session()
    session.advance_to(3)
    session.do(commands.toggle_pin)
    session.advance_to(6)
    session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    comparison = session.snapshot().comparison
    assert [(run.label, run.snapshot.run.epoch) for run in comparison.runs] == [("", 6), ("A", 3)]
    assert comparison.reference is comparison.runs[0].snapshot
    assert said(session).startswith("η 0.1 → 0.2: epoch error ")
    session.do(commands.toggle_what_if)
    assert [run.label for run in session.snapshot().comparison.runs] == ["A"]


def test_within_an_epoch_each_error_is_that_of_the_epoch_before() -> None:
    session = make_session()
    session.advance_to(3)
    session.do(commands.toggle_what_if)
    session.do(commands.step_batch)
    session.do(commands.toggle_pin)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.do(commands.step_batch)
    snapshot = session.snapshot()
    assert (snapshot.run.epoch, snapshot.run.error_epoch) == (4, 3)
    text = describe(snapshot)
    assert (
        len(
            re.findall(
                r"(?:Pinned run A|The run before the what-if) has an epoch error of \S+ in epoch 3,", text
            )
        )
        == 2
    )
    assert "The epoch error of epoch 3 is" in describe_progress(snapshot)
    for width in (120, 78):
        assert re.search(r"epoch +4/2001 +epoch error ", items_line(status_text(snapshot), width, "").plain)
    console = Console(width=100)
    with console.capture() as captured:
        console.print(comparison_table(snapshot))
    assert len(re.findall(r" 3 +0\.", captured.get())) == 3


async def test_the_run_before_a_what_if_is_listed_alone_and_can_not_be_unpinned() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s", "i", "right")
        await press(pilot, "P")
        text = "\n".join(lines(app))
        assert " before " in text
        assert "esc close" in text
        assert "unpin" not in text


async def test_the_list_of_pins_shows_each_difference_and_unpins() -> None:
    app = make_app(test_share=0.2)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "P")
        assert "No run is pinned yet" in shown(app).status.advice
        await press(pilot, "s", "p", "right", "s", "p", "up", "right", "s", "P")
        assert isinstance(app.screen, PinsScreen)
        await rest(pilot)
        text = "\n".join(lines(app))
        assert len(re.findall(r"\d ± [\d.e-]+ (?:higher|lower)", text)) == 2, (
            "for each pin, not for the live run"
        )
        first, second = (pin.snapshot.run for pin in shown(app).comparison.pins)
        for label, run, changes in (("A", first, "H 3 → 4, η 0.1 → 0.2"), ("B", second, "H 3 → 4")):
            assert run.error is not None
            assert run.test_error is not None
            row = [f"⠂{label}", str(run.epoch), error_text(run.error), error_text(run.test_error)]
            assert " ".join([*row, *changes.split()]) in " ".join(text.split())
        assert "a b unpin" in text, "only the letters of pins"
        await press(pilot, "a")
        assert [pin.label for pin in shown(app).comparison.pins] == ["B"]
        assert "⠂A" not in "\n".join(lines(app))
        await press(pilot, "d", "b")
        assert not isinstance(app.screen, PinsScreen), "there is nothing left to list"
        await press(pilot, "u", "m")
        assert "⠂B" in "\n".join(lines(app)[-10:]), "the metrics compare, too"


async def test_a_scroll_bar_changes_no_width_in_the_list_of_pins() -> None:
    """Otherwise, the table is laid out again and again where it fits only without the scroll bar."""
    widths = set()
    for width, height, is_scrolled in ((60, 40, False), (60, 18, True)):
        app = make_app()
        session = app.view.session
        for epoch in range(4):
            session.advance_to(epoch)
            session.do(commands.toggle_pin)
            names = ("l1", "l2", "momentum", "noise", "clip", "decay", "init_scale")
            values = dict.fromkeys(names, 0.1 + epoch / 10) | {"samples": 20 + epoch}
            session.do(commands.take, values, "other settings")
        async with app.run_test(size=(width, height)) as pilot:
            await press(pilot, "P")
            table = app.screen.query_one("#pins", VerticalScroll)
            assert (table.max_scroll_y > 0) is is_scrolled
            widths.add(table.scrollable_content_region.width)
    assert len(widths) == 1
