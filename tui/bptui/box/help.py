"""The help of the box."""

from __future__ import annotations

from bptui.commands import key_of, keys_of
from bptui.drawing.signs import PanelHelp, Sign


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
            Sign("click", "a link's weight: its chain; a unit: the chain of its bias"),
            Sign(key_of("freeze"), "freeze or unfreeze the weight or unit"),
            Sign(key_of("knock_out"), "knock the unit out, or bring it back"),
            Sign(keys_of("undo", "redo"), "undo an edit, redo it"),
            Sign(key_of("focus_next"), "the chain of the next weight"),
            Sign(key_of("describe"), "the number in words"),
            Sign(f"{key_of('page_up')} {key_of('page_down')}", "scroll the formulas"),
            Sign("esc", "stop what is in progress, leave a chain, close the box"),
        ),
    )
