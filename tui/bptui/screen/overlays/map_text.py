"""The texts of the map: the heading, a cell's figures, the key hints, and the help."""

from __future__ import annotations

from rich.text import Text

from bpengine.many.sweeps.cells import Cells
from bptui.commands import key_of, keys_of
from bptui.screen.drawing.panel_legend import PanelHelp, Sign
from bptui.screen.widgets.footer import KeyHint, hint_of
from bpwords import Sentence, joined, word
from bpwords.numbers import median_text


def heading(cells: Cells | None, note: str, *, ended: bool) -> str:
    """The progress of the map, and a note about it."""
    if cells is None:
        return note or word("Starting…")
    total = len(cells.sweep)
    data = cells.sweep.base.dataset if cells.sweep.source is None else cells.sweep.source.name
    runs = Sentence("{total} runs" if ended and cells.done == total else "{done} of {total} runs")
    function = cells.sweep.base.function if cells.sweep.source is None else ""
    whole = Sentence(
        "{data}: {runs}." if "epochs" in cells.sweep.vary else "{data}, {epochs} epochs: {runs}."
    )
    values = {"epochs": cells.sweep.base.epochs, "runs": runs(total=total, done=cells.done)}
    return joined(whole(data=function or data, **values), note)


def cell_text(cells: Cells, number: int) -> Text:
    """The figures of a cell, and at the end what enter opens."""
    cell, name = cells.cells[number], cells.name(number)
    if not cell.results:
        return Text.assemble((f"{name}\n", "bold"), word("not trained yet"))
    kind = cells.judged_by
    low, middle, high = (median_text(cell.quantile(share, kind), 3) for share in (0.1, 0.5, 0.9))
    count, best, opened = len(cell.results), cell.in_order(kind)[0], cell.middle(kind)
    best_error = best.test_error if kind == "test-error" else best.error
    succeeded = Sentence("{count} of {starts} succeeded (<= {limit}), {n} diverged")
    lines = [
        Sentence("median {error} {median}")(error=word(kind.replace("-", " ")), median=middle),
        Sentence("10th-90th percentile {low} to {high}")(low=low, high=high),
        succeeded(
            count=cell.successes(kind), starts=count, limit=f"{cells.success_error:g}", n=cell.diverged
        ),
        word("every start diverged")
        if best.diverged or best_error is None
        else Sentence("best start: seed {seed}, {error}")(seed=best.seed, error=median_text(best_error, 3)),
        Sentence("{edit} opens seed {seed}, the median start")(seed=opened.seed),
    ]
    return Text.assemble((f"{name}\n", "bold"), "\n".join(lines))


def map_hints(*, has_cell: bool) -> tuple[KeyHint, ...]:
    """The key hints."""
    return (
        KeyHint("esc", "close", 9, "escape"),
        hint_of(("less", "more", "up", "down"), "cell", 7),
        *((hint_of("edit", "open the run", 8),) if has_cell else ()),
        hint_of("toggle_smooth", "edit the map", 8),
        hint_of("toggle_metrics", "metric", 6),
        hint_of("rewind", "best", 6),
        hint_of("describe", "words", 5),
        hint_of("help", "help", 9),
    )


def map_help() -> PanelHelp:
    """What the map shows and what its keys do, with the current keys."""
    return PanelHelp(
        "Two settings are varied, and each cell is trained from several random starts to the end of the run: "
        "it shows the median of their errors or test errors, or the share that succeeds. The map fills as "
        "runs end. Below it are the figures of the cell under the cursor and what its starts have learned, "
        "trained once more for the picture. The start that enter opens is the one in the middle of the cell; "
        "it is the same run as in the map.",
        (
            Sign(keys_of("less", "more", "up", "down"), "move the cursor"),
            Sign(f"{key_of('first')} {key_of('last')}", "first, last column"),
            Sign(f"{key_of('page_up')} {key_of('page_down')}", "first, last row"),
            Sign(word("click", "sign"), "move the cursor to a cell; a second click opens a run of it"),
            Sign(key_of("rewind"), "go to the best cell"),
            Sign(key_of("edit"), "open a run of the cell, which can be undone on the tab"),
            Sign(key_of("toggle_smooth"), "edit the map: settings, values, starts, epochs"),
            Sign(key_of("toggle_metrics"), "error, test error, or the share that succeeds"),
            Sign(key_of("restart"), "train the map again"),
            Sign(key_of("describe"), "the map in words"),
            Sign("▸ *", "the cursor, the best cell"),
            Sign("div x", "half of the starts or more diverged"),
            Sign("esc", "end the map"),
        ),
    )
