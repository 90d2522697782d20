"""The texts of the box: a page about a number, the chain of a weight, and what the keys do."""

from __future__ import annotations

from rich.text import Text

from bpengine.derivation import DerivativeCheck
from bpengine.edits import BIAS, Input
from bptui.box.chain import chain, check_in_words, edited_at_number
from bptui.box.page import Page, page_of
from bptui.box.prediction import Prediction
from bptui.box.walk import Walk
from bptui.commands import command_of, key_of, keys_of
from bptui.session.snapshot import Snapshot
from bptui.widgets.footer import KeyHint, edit_labels


def page_text(page: Page) -> Text:
    """The page as text with its formula in three lines."""
    parts: list[tuple[str, str] | str] = [(page.name, "bold"), "\n"]
    if page.where:
        parts.append(f"{page.where}\n")
    parts.append(f"\n{page.formula}\n")
    if page.numbers:
        parts.append(f" = {page.numbers}\n")
    parts += [" = ", (page.result, "bold reverse"), f"\n\n{page.why}"]
    return Text.assemble(*parts)


def number_text(walk: Walk, prediction: Prediction, *, asks: bool) -> Text:
    """The number under way or, while it is asked for, the question."""
    last = len(walk.trace.layers) - 1
    if asks:
        page = page_of(walk.number, last, prediction.help(walk.number))
        # First, since a long formula would leave no room for it.
        return Text.assemble((prediction.question, "bold"), "\n\n", page_text(page))
    told = f"{prediction.told}\n\n" if prediction.told else ""
    return Text.assemble((told, "bold"), page_text(page_of(walk.number, last)))


def chain_text(walk: Walk, check: DerivativeCheck) -> Text:
    """How the derivative of the weight or bias under way comes about, and its check."""
    return Text.assemble(
        (f"Chain of dL/d{check.name}\n", "bold"),
        f"{check_in_words(check)}\n",
        *_of_batch(walk),
        *(f"\n{line}" for line in chain(walk)),
    )


def _of_batch(walk: Walk) -> tuple[str, ...]:
    """What in the chain belongs to one sample, and what to the batch."""
    if walk.batch == 1:
        return ()
    return (f"The deltas are of sample {walk.row + 1}, the derivative is the mean over {walk.batch}.\n",)


def box_hints(
    walk: Walk | None,
    snapshot: Snapshot,
    prediction: Prediction,
    pace: float,
    *,
    playing: bool,
    shows_chain: bool,
) -> tuple[KeyHint, ...]:
    """What the keys do now.

    Args:
        walk: the number under way; None where the run has ended.
        snapshot: the run.
        prediction: whether numbers are asked for before they are shown.
        pace: how many strides a second the box plays.
        playing: whether it does.
        shows_chain: whether the chain of a weight is shown.
    """
    predicts = prediction.is_on
    predict = _hint("toggle_pin", "end" if predicts else "predict", 7)
    close = KeyHint("esc", "back" if shows_chain else "close", "escape", 9)
    help = _hint("help", "help", 9)
    if walk is not None and prediction.asks(walk):
        sign = KeyHint("+ - 0", "sign", "", 8)
        return close, sign, _hint("edit", "answer", 8), _hint("more", "reveal", 7), predict, help
    edits = None if walk is None or predicts else edited_at_number(walk)
    batch = walk is not None and walk.batch > 1
    return (
        close,
        KeyHint(keys_of("less", "more"), "step", "", 7 if shows_chain or playing else 8),
        # Named above the footer, too, where no tally of predictions is.
        KeyHint(keys_of("up", "down"), "stride", "", 8 if predicts else 5),
        *((KeyHint(keys_of("much_less", "much_more"), "sample", "", 6),) if batch else ()),
        *((_hint("focus_next", "next weight", 8),) if shows_chain else ()),
        _hint("toggle_run", "stop" if playing else "play", 8 if playing else 6),
        _hint("edit", "set value" if shows_chain else "chain", 8),
        *(() if edits is None else _edit_hints(snapshot, *edits)),
        predict,
        KeyHint(f"{key_of('slower')} {key_of('faster')}", f"pace {pace:g}/s", "", 5),
        KeyHint(keys_of("scrub_back", "scrub_on"), "report", "", 5),
        help,
    )


def _edit_hints(snapshot: Snapshot, layer: int, unit: int, source: Input) -> list[KeyHint]:
    network = snapshot.network
    is_frozen = network.is_frozen(layer, unit, -1 if source == BIAS else source)
    edited = "knocked out" if (layer, unit) in network.knocked_out else "frozen" if is_frozen else ""
    return [_hint(command, label, 8) for command, label in edit_labels(edited).items()]


def _hint(command: str, label: str, importance: int) -> KeyHint:
    return KeyHint(key_of(command), label, command_of(command).keys.split(",")[0], importance)
