"""The texts of the box: a page about a number, the chain of a weight, and what the keys do."""

from __future__ import annotations

from rich.text import Text

from bpengine.derivation import DerivativeCheck
from bptui.box.chain import chain, check_in_words
from bptui.box.page import Page, page_of
from bptui.box.prediction import Prediction
from bptui.box.walk import Walk
from bptui.commands import command_of, key_of, keys_of
from bptui.widgets.footer import KeyHint


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
        return Text.assemble(page_text(page), "\n\n", (prediction.question, "bold"))
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
    pace: float, *, playing: bool, predicts: bool, asks: bool, shows_chain: bool, batch: int
) -> tuple[KeyHint, ...]:
    """What the keys do now.

    Args:
        pace: how many strides a second the box plays.
        playing: whether it does.
        predicts: whether numbers are asked for before they are shown.
        asks: whether that under way is asked for now.
        shows_chain: whether the chain of a weight is shown.
        batch: how many samples the step has.
    """
    edits = () if predicts else (("freeze", "freeze"), ("knock_out", "knock out"))
    predict = _hint("toggle_pin", "end" if predicts else "predict", 6)
    close = KeyHint("esc", "back" if shows_chain else "close", "escape", 9)
    help = _hint("help", "help", 9)
    samples = (KeyHint(keys_of("much_less", "much_more"), "sample", "", 7),) if batch > 1 else ()
    if asks:
        sign = KeyHint("+ - 0", "sign", "", 8)
        return close, sign, _hint("edit", "answer", 8), _hint("more", "reveal", 7), predict, help
    return (
        close,
        KeyHint(keys_of("less", "more"), "step", "", 7 if shows_chain else 8),
        KeyHint(keys_of("up", "down"), "stride", "", 5 if shows_chain else 8),
        *samples,
        *((_hint("focus_next", "next weight", 8),) if shows_chain else ()),
        _hint("toggle_run", "stop" if playing else f"play {pace:g}/s", 7),
        _hint("edit", "set value" if shows_chain else "chain", 8 if shows_chain else 6),
        *(_hint(name, label, 8 if shows_chain else 5) for name, label in edits),
        predict,
        KeyHint(f"{key_of('slower')} {key_of('faster')}", "pace", "", 5),
        KeyHint(keys_of("scrub_back", "scrub_on"), "report", "", 5),
        help,
    )


def _hint(command: str, label: str, importance: int) -> KeyHint:
    return KeyHint(key_of(command), label, command_of(command).keys.split(",")[0], importance)
