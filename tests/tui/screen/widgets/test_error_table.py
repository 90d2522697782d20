"""The error table: its rows scroll, new ones do not move it, and it ends with the last epoch."""

from __future__ import annotations

from textual import events

from bptui.screen.widgets.error_table import ErrorTable, ReportRow
from tests.tui.support.apps import make_app
from tests.tui.support.driving import press, rest, turn_wheel


def epochs(table: ErrorTable) -> list[int]:
    """The epochs of the visible rows."""
    cells = (str(cell) for cell in table.render().columns[0].cells)
    return [int(cell.strip("↑↓")) for cell in cells]


async def test_the_error_table_scrolls_by_keys_and_wheel_and_stays_where_it_is() -> None:
    app = make_app(samples=20, report_interval=1, test_share=0.3)
    app.view.session.advance_to(99)
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.view.query_one(ErrorTable)
        setting = app.view.options.setting
        await press(pilot, "tab", "tab", "tab")
        rows = len(epochs(table))
        assert epochs(table) == list(range(100 - rows, 100))
        assert [str(column.header) for column in table.render().columns] == ["epoch", "error", "test"]
        await press(pilot, "up")
        assert epochs(table)[-1] == 98
        await press(pilot, "pageup", "down")
        assert epochs(table)[-1] == 99 - rows
        assert str(list(table.render().columns[0].cells)[-1]).startswith("↓"), "there is more below"
        await press(pilot, "s")
        assert epochs(table)[-1] == 99 - rows, "a new row does not move it"
        await press(pilot, "home", "up")
        assert epochs(table) == list(range(rows))
        await turn_wheel(pilot, table, events.MouseScrollDown)
        assert epochs(table)[0] == 3
        await turn_wheel(pilot, table, events.MouseScrollUp)
        assert epochs(table)[0] == 0
        await press(pilot, "end", "s")
        assert epochs(table)[-1] == 101, "at its end, it follows"
        await press(pilot, "home", "r", "s")
        assert epochs(table) == [0]
        await press(pilot, "s")
        assert epochs(table) == [0, 1], "after a restart it follows again"
        assert app.view.options.setting == setting


async def test_a_finished_run_ends_with_its_last_epoch_and_no_exponent_is_cut() -> None:
    app = make_app(epochs=8, report_interval=5, test_share=0.3)
    app.view.session.advance_to(6)
    async with app.run_test(size=(60, 18)) as pilot:
        table = app.view.query_one(ErrorTable)
        await press(pilot, "m")
        assert epochs(table) == [0, 5]
        await press(pilot, "s")
        assert epochs(table) == [0, 5, 7]
        table.reports = (*table.reports, ReportRow(99_999_999, (1.24e-5, 1.5e-5)))
        await rest(pilot)
        texts = [str(list(column.cells)[-1]).strip() for column in table.render().columns]
        assert texts[1:] == ["1.24e-5", "1.5e-5"]
