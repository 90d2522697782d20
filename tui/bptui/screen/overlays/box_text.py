"""What the box shows: the page about a number, the network, the chain of a weight, key hints, and help."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from bpengine import Dataset
from bpengine.explain.derivation import DerivativeCheck
from bpengine.training.edits import BIAS
from bptui.commands import key_of, keys_of, short_keys_of
from bptui.screen.drawing.network import Highlight
from bptui.screen.drawing.panel_legend import PanelHelp, Sign
from bptui.screen.widgets.footer import KeyHint, hint_of
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, is_from_knocked_out, unit_edits
from bptui.session.worked_step.chain import chain, check_in_words, edited_at_number
from bptui.session.worked_step.page import Page, page_of, scaling_of
from bptui.session.worked_step.position import BoxWalk
from bptui.session.worked_step.prediction import Prediction
from bpwords import Sentence, word
from bpwords.numbers import signed


def page_text(page: Page) -> Text:
    """The page as text, with its formula in three lines."""
    parts: list[tuple[str, str] | str] = [(page.name, "bold"), "\n"]
    if page.where:
        parts.append(f"{page.where}\n")
    parts.append(f"\n{page.formula}\n")
    if page.numbers:
        parts.append(f" = {page.numbers}\n")
    parts += [" = ", (page.result, "bold reverse"), f"\n\n{page.why}"]
    return Text.assemble(*parts)


def number_text(walk: BoxWalk, dataset: Dataset, prediction: Prediction) -> Text:
    """The current number or, while it is asked for, the question; then how its inputs were scaled."""
    page = page_of(walk.number, len(walk.trace.layers) - 1, prediction.guidance(walk))
    # The feedback comes first, since a long formula would leave no room for it.
    said = prediction.question if prediction.asks(walk) else prediction.feedback
    parts = Text(said, "bold"), page_text(page), Text(scaling_of(walk, dataset))
    return Text("\n\n").join([part for part in parts if part])


def chain_text(walk: BoxWalk, check: DerivativeCheck) -> Text:
    """The chain rule for the derivative of the current weight or bias, and its check."""
    return Text.assemble(
        (f"{Sentence('Chain of {derivative}')(derivative=f'dL/d{check.name}')}\n", "bold"),
        f"{check_in_words(check)}\n",
        *_of_batch(walk),
        *(f"\n{line}" for line in chain(walk)),
    )


def _of_batch(walk: BoxWalk) -> tuple[str, ...]:
    """Which part of the chain belongs to one sample, and which to the batch."""
    if walk.batch == 1:
        return ()
    parts = Sentence("The deltas are of sample {sample}, the derivative is the mean over {batch}.")
    return (f"{parts(sample=walk.row + 1, batch=walk.batch)}\n",)


def box_hints(
    walk: BoxWalk | None,
    snapshot: Snapshot,
    prediction: Prediction,
    pace: float,
    *,
    playing: bool,
    shows_chain: bool,
    strides_are_named: bool,
) -> tuple[KeyHint, ...]:
    """The key hints. Keys that act on the current number come first.

    Args:
        walk: the current step and number; None if the run has ended, or a step is still in progress.
        snapshot: the run.
        prediction: whether numbers are asked for before they are shown.
        pace: how many strides per second the box plays.
        playing: whether the box is playing.
        shows_chain: whether the chain of a weight is shown.
        strides_are_named: whether the line above the footer names the keys of the strides.
    """
    close = KeyHint("esc", "back" if shows_chain else "close", 9, "escape")
    stride = hint_of(("up", "down"), "stride", 4 if strides_are_named else 8)
    report = hint_of(("scrub_back", "scrub_on"), "report", 6)
    words, help = hint_of("describe", "words", 5), hint_of("help", "help", 9)
    if walk is None:
        return close, hint_of("less", "back", 8), stride, report, help
    predicts = prediction.is_on
    predict = hint_of("toggle_pin", "end" if predicts else "predict", 8)
    batch = (KeyHint(short_keys_of("much_less", "much_more"), "sample", 7),) if walk.batch > 1 else ()
    if prediction.asks(walk):
        answers = (
            (KeyHint("+ - 0", "sign", 9),)
            if prediction.asks_sign
            else (hint_of("edit", "answer", 9), KeyHint("backspace", "erase", 8, "backspace"))
        )
        reveal, back = hint_of("more", "reveal", 8), hint_of("less", "back", 6)
        return close, *answers, reveal, back, stride, *batch, predict, words, help
    return (
        close,
        hint_of(("less", "more"), "step", 8),
        stride,
        *batch,
        hint_of("toggle_run", "stop" if playing else "play", 9 if playing else 7),
        *([] if predicts else _chain_hints(snapshot, walk, shows_chain=shows_chain)),
        *((hint_of("undo", "undo", 4),) if snapshot.run.edits else ()),
        predict,
        KeyHint(f"{key_of('slower')} {key_of('faster')}", Sentence("pace {pace}/s")(pace=f"{pace:g}"), 6),
        report,
        words,
        help,
    )


def _chain_hints(snapshot: Snapshot, walk: BoxWalk, *, shows_chain: bool) -> list[KeyHint]:
    """The keys that act on the current weight or the unit."""
    about = edited_at_number(walk)
    hints = [hint_of("focus_next", "next", 8)] if shows_chain else []
    if about is None:
        return [*hints, hint_of("edit", "chain", 9)]
    layer, unit, source = about
    number = -1 if source == BIAS else source
    if not shows_chain:
        hints.append(hint_of("edit", "chain", 9))
    elif number is None or not is_from_knocked_out(snapshot, layer, number):
        hints.append(hint_of("edit", "set value", 9))
    return hints + [
        hint_of(command, label, 9) for command, label in unit_edits(snapshot, (layer, unit), number)
    ]


def box_help() -> PanelHelp:
    """What the box shows and what its keys do, with the current keys."""
    return PanelHelp(
        "The next step of the run, number by number: forward from the inputs to the answer, the loss, "
        "backward to the gradient, and the update of the weights. The current number stands out in the "
        "network; beside it are its formula, the formula with numbers, and what it is for. After the last "
        "number of a step, the run takes the step, exactly as it would without the box, and the next step is "
        "shown. Going back is exact, too. With a batch, one sample is shown up to the deltas; the "
        "gradient is the mean over the batch.",
        (
            Sign(keys_of("less", "more"), "go back, go forward"),
            Sign(keys_of("down", "up"), "shorter, longer stride"),
            Sign(keys_of("much_less", "much_more"), "show another sample of the batch"),
            Sign(keys_of("scrub_back", "scrub_on"), "view the previous, the next reported epoch"),
            Sign(key_of("toggle_run"), "play, or stop playing"),
            Sign(f"{key_of('slower')} {key_of('faster')}", "play slower, faster"),
            Sign(key_of("toggle_pin"), "predict each number: sign, then value"),
            Sign(key_of("edit"), "a weight's chain of derivatives; again: set it"),
            Sign(word("click", "sign"), "a link's weight: its chain; a unit: the chain of its bias"),
            Sign(key_of("freeze"), "freeze or unfreeze the weight or unit"),
            Sign(key_of("knock_out"), "knock the unit out, or bring it back"),
            Sign(keys_of("undo", "redo"), "undo an edit, redo it"),
            Sign(key_of("focus_next"), "the chain of the next weight"),
            Sign(key_of("describe"), "the number in words"),
            Sign(f"{key_of('page_up')} {key_of('page_down')}", "scroll the formulas"),
            Sign("esc", "stop what is in progress, leave a chain, close the box"),
        ),
    )


_IN_UNITS = {
    "forward": Sentence("{place}: z, then a"),
    "loss": Sentence("{place}: a, then y"),
    "backward": Sentence("{place}: delta"),
    "update": Sentence("{place}: the bias, new once known"),
}


_OF_UNITS = ("weighted sum", "activation", "dropout", "output", "output delta", "delta", "new bias")
"""The quantities that are shown in the network, each in its unit."""


@dataclass(frozen=True, slots=True)
class BoxPicture:
    """The network at one number of a step."""

    chosen: Place | None
    """The unit whose links stand out; None if the number belongs to no unit."""
    highlight: Highlight | None
    """The numbers, and the units that stand out; None for the plain network with its biases."""
    caption: str = ""
    """What the numbers in the units are."""


WITHOUT_STEP = BoxPicture(None, None)
"""The network if there is no next step."""


def box_picture(walk: BoxWalk, *, hide: bool = False) -> BoxPicture:
    """The network at the current number.

    Args:
        walk: the step.
        hide: whether the current number itself stays hidden.
    """
    now, trace = walk.number, walk.trace
    layer, unit, source = now.place
    numbers = {(-1, index): value for index, value in enumerate(trace.inputs[walk.row].tolist())}
    if now.phase == "update":
        for index, traced in enumerate(trace.layers):
            numbers |= {(index, number): value for number, value in enumerate(traced.before.biases.tolist())}
    shown = ("forward", "loss") if now.phase == "loss" else (now.phase,)
    for derived in walk.numbers[: walk.index + (not hide)]:
        if derived.phase in shown and derived.quantity.name in _OF_UNITS:
            numbers[derived.place.of_unit] = derived.result.number
    places = {(layer, unit)} if layer is not None and unit is not None else set()
    if source is not None and layer is not None:
        places.add((layer - 1, source))
    if now.phase == "loss":
        places = {(len(trace.layers) - 1, output) for output in range(trace.sizes[-1])}
    texts = {place: signed(value, shows_small=True) for place, value in numbers.items()}
    chosen = None if layer is None or unit is None else (layer, unit)
    is_of_sample = walk.batch > 1 and now.phase != "update"
    of_sample = Sentence("Units, sample {number}")(number=walk.row + 1)
    where = of_sample if is_of_sample else Sentence("In each unit")()
    caption = _IN_UNITS[now.phase](place=where)
    return BoxPicture(chosen, Highlight(texts, frozenset(places)), caption)
