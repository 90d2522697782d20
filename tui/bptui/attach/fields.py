"""The settings of a run that is steered, as the fields and rows that the dialogs and the panel know."""

from __future__ import annotations

from collections.abc import Mapping

from bpengine import ChoiceField, Field
from bpengine.fields import DecadeStep, LinearStep, NumberField, StepRule
from bpengine.wording import printable
from bptui.attach.status import SettingStatus
from bptui.drawing import nice_ticks
from bptui.steer.settings import Value, in_words
from bptui.widgets.hyperparameters import SettingRow

_SMALLEST = 1e-7
"""The smallest value above 0 that the arrow keys reach, as a share of the highest, if 0 is allowed."""
_SWITCH = ("off", "on")
_FINE_STEPS = 101
"""The most values that the arrow keys reach over the range of a number."""


def field_of(setting: SettingStatus) -> Field:
    """The field of a setting: what it allows, and how a key changes it. A switch is a choice."""
    label, help = printable(setting.name, 60), f"{printable(setting.allowed, 200)}."
    help = help[:1].upper() + help[1:]
    if setting.kind == "number":
        return NumberField(
            label=label,
            flag="",
            subject="",
            help=help,
            type=int if setting.whole else float,
            minimum=setting.low,
            maximum=setting.high,
            step=_step_of(setting),
        )
    options = setting.options or _SWITCH
    return ChoiceField(
        label=label, flag="", subject="", help=help, groups=(options,), helps=dict.fromkeys(options, "")
    )


def _step_of(setting: SettingStatus) -> StepRule:
    if setting.log:
        return DecadeStep(setting.low or setting.high * _SMALLEST)
    ticks = nice_ticks(0.0, setting.high - setting.low, _FINE_STEPS)
    fine = ticks[1] if len(ticks) > 1 else 1.0
    fine = max(1.0, round(fine)) if setting.whole else fine
    return LinearStep(fine, 10 * fine)


def moved(setting: SettingStatus, value: Value | None, direction: int, *, coarse: bool) -> Value | None:
    """The value after one step of a key; None if the value is not known."""
    field = field_of(setting)
    if isinstance(field, ChoiceField):
        name = in_words(value)
        return setting.parsed(field.move(name, direction)) if name in field.choices else None
    moved_value: Value | None = None if value is None else field.move(value, direction, coarse=coarse)
    return moved_value


def row_of(setting: SettingStatus, wanted: Mapping[str, Value]) -> SettingRow:
    """The row of a setting. A value that the training has not taken yet follows the present one."""
    value = wanted.get(setting.name, setting.value)
    label = printable(setting.name, 60)
    return SettingRow(
        label,
        "",
        printable(in_words(value)),
        f"{label}: {printable(setting.allowed, 200)}.",
        (setting.name,),
        before="" if value == setting.value else printable(in_words(setting.value)),
    )
