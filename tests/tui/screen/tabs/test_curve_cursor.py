"""The cursor of the error curve: its keys, and the epoch and the errors that it reads."""

from __future__ import annotations

from bptui.screen.tabs.error_curve import epoch_at, moved, reading
from bptui.screen.tabs.panels import ViewOptions
from bptui.session import commands
from bpwords.numbers import error_text
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press, rest
from tests.tui.support.sessions import make_session


def test_the_cursor_of_the_error_curve_reads_training_test_and_pinned_errors_in_any_width() -> None:
    session = make_session(epochs=1000, test_share=0.3)
    session.advance_to(60)
    session.do(commands.toggle_pin)
    session.do(commands.restart)
    session.advance_to(20)
    snapshot = session.snapshot()
    assert snapshot.comparison.reference is not None
    run, pinned = snapshot.run, snapshot.comparison.reference.run
    train, test, other = (
        error_text(float(each[7])) for each in (run.curve[1], run.test_curve, pinned.curve[1])
    )
    assert str(reading(snapshot, 7)) == f"epoch 7: {train}, ╌ test {test}, ⠂A {other}"
    assert str(reading(snapshot, 40)).startswith("epoch 40: –, ╌ test –, ⠂A ")
    for width in range(22, 80):
        text = str(reading(snapshot, 7).within(width))
        assert len(text) <= width, text
        assert text.count("e-") in (0, 3), "no exponent is cut"
    assert moved(snapshot, None, -1) == 20, "it appears at the newest epoch of the run"
    assert moved(snapshot, 20, -1) == 10
    assert moved(snapshot, 5, -1) == moved(snapshot, 0, -1) == moved(snapshot, 60, -1_000) == 0
    assert moved(snapshot, 20, 1_000) == 60, "where only the pinned run has been"
    assert [epoch_at(snapshot, cursor) for cursor in (None, 7, 999)] == [None, 7, 60]
    assert moved(make_session().snapshot(), None, 1) is None
    assert epoch_at(make_session().snapshot(), 7) is None


async def test_keys_move_the_cursor_of_the_error_curve_and_escape_leaves_it_before_the_panel() -> None:
    app = make_app("classification", samples=40)
    app.view.session.advance_to(50)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "tab", "left")
        at = [app.view.options.cursor]
        for key in ("left", "shift+left", "<", ">", "right", "home", "left", "end"):
            await press(pilot, key)
            at.append(app.view.options.cursor)
        assert at == [50, 49, 39, 29, 39, 40, 0, 0, 50]
        await rest(pilot)
        assert app.view.snapshot is not None
        error = error_text(app.view.snapshot.run.error)
        assert f"▸ epoch 50: {error}─" in "\n".join(lines(app))
        assert "│" in "".join(line[6:50] for line in lines(app)[16:19]), "a line marks the epoch"
        await press(pilot, "escape")
        assert app.view.options == ViewOptions()
        assert app.view.panel_layout.focused == "error"
        assert "learning rate" in app.view.field.label, "no key has gone to the settings"
        await press(pilot, "escape")
        assert app.view.panel_layout.focused == "settings"
