"""What is known of a run, from its answer or from its record. Every field is checked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import NoneType
from typing import Any, Literal, cast, get_args

from bpengine import ChoiceField, ConfigError
from bpengine.fields import DecadeStep, LinearStep, NumberField, StepRule
from bpsteer.channel import VALUE, ChannelError, Fields
from bpsteer.settings import Value, range_in_words, value_text
from bpwords import as_sentence, either, must_be, printable

ProcessState = Literal["running", "paused", "ended", "died", "does not answer"]
_SWITCH = ("on", "off")
_WORDS = {"true": "on", "yes": "on", "1": "on", "false": "off", "no": "off", "0": "off"}
"""Other words for the choices of a switch."""
_SMALLEST = 1e-7
"""The smallest value above 0 that the arrow keys reach, as a share of the highest, if 0 is allowed."""
_FINE_STEPS = 101
"""The most values that the arrow keys reach over the range of a number."""


@dataclass(frozen=True, slots=True)
class SettingStatus:
    """A setting of a run."""

    name: str
    value: Value | None
    allowed: str
    """The allowed values in words."""
    field: NumberField | ChoiceField
    """What a dialog asks for, and how a key changes it. A switch is a choice."""
    is_switch: bool = False

    def parsed(self, text: str) -> Value:
        """The value that a text spells.

        Raises:
            ValueError: it spells none; the message says what is allowed.
        """
        field, word = self.field, text.strip()
        with contextlib.suppress(ConfigError):
            if isinstance(field, NumberField):
                return cast(Value, field.parse(text))
            if self.is_switch:
                return bool(field.parse(_WORDS.get(word.lower(), word)) == "on")
            return cast(Value, field.validate(word))
        raise ValueError(must_be(self.allowed, text))

    def moved(self, value: Value | None, direction: int, *, coarse: bool) -> Value | None:
        """The value after one step of a key; None if the value is not known."""
        if isinstance(self.field, NumberField):
            return None if value is None else cast(Value, self.field.move(value, direction, coarse=coarse))
        name = value_text(value)
        return self.parsed(self.field.move(name, direction)) if name in self.field.choices else None


@dataclass(frozen=True, slots=True)
class StateStatus:
    """A state that a run can return to."""

    step: int
    branch: int
    metrics: Mapping[str, float | None]
    """The first metrics of the run, as they were there."""


@dataclass(frozen=True, slots=True)
class SteerStatus:
    """What is known of a run."""

    name: str
    state: ProcessState
    reason: str
    """Why it is in this state; empty if there is no particular reason."""
    step: int
    branch: int
    settings: tuple[SettingStatus, ...]
    metrics: Mapping[str, float | None]
    """The newest value of each metric; None for one that is not finite."""
    states: tuple[StateStatus, ...]
    waiting: tuple[str, ...]
    """The requests that the training has not taken for a second or more."""
    record: str
    problem: str
    """Why the record can't be written or a state can't be saved; empty if there is no problem."""
    notes: tuple[str, ...] = ()
    """What the run has noticed, such as settings that the program has set to other values since."""

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, or its process has died."""
        return self.state in ("ended", "died")

    @property
    def sentence(self) -> str:
        """The state in a sentence."""
        verb = {
            "running": "is running at",
            "paused": "is paused at",
            "does not answer": "does not answer; it was at",
        }.get(self.state, f"{self.state} at")
        return f"{self.name} {verb} step {self.step}{f': {self.reason}' if self.reason else ''}."

    @classmethod
    def from_answer(cls, fields: object) -> SteerStatus:
        """The status that a run has sent.

        Raises:
            ChannelError: it is not one.
        """
        source = Fields(fields)
        state = source.get("state", str)
        if state not in get_args(ProcessState):
            raise ChannelError("state is unknown")
        return cls(
            name=source.get("name", str),
            state=state,
            reason=source.get("reason", str),
            step=source.count("step"),
            branch=source.count("branch"),
            settings=tuple(map(setting_of, source.get("settings", list))),
            metrics=metrics_of(source.get("metrics", dict)),
            states=tuple(map(_state, source.get("states", list))),
            waiting=source.texts("waiting"),
            record=source.get("record", str),
            problem=source.get("problem", str),
            notes=source.texts("notes"),
        )

    @classmethod
    def from_record(
        cls, entries: Sequence[Mapping[str, object]], record: str, state: ProcessState
    ) -> SteerStatus:
        """The status in which a record leaves a run.

        Raises:
            ChannelError: the record is damaged.
        """
        known: dict[str, Any] = {
            "reason": "",
            "step": 0,
            "branch": 0,
            "metrics": {},
            "states": [],
            "notes": [],
        }
        values: dict[str, Value | None] = {}
        for entry in map(Fields, entries[1:]):
            known["step"] = entry.count("step")
            match entry.get("event", str):
                case "report":
                    known["metrics"] |= entry.get("values", dict)
                case "values":
                    values = Fields(entry.get("settings", dict)).all(*VALUE)
                    known["notes"] = entry.get("notes", list)
                case "back":
                    known["branch"] = entry.count("branch")
                case "end":
                    known["reason"] = entry.get("reason", str)
        about: dict[str, object] = {"state": state, "waiting": [], "record": record, "problem": ""}
        status = cls.from_answer({**entries[0], **known, **about})
        settings = (
            replace(setting, value=values.get(setting.name, setting.value)) for setting in status.settings
        )
        return replace(status, settings=tuple(settings))


def setting_of(fields: object) -> SettingStatus:
    """The setting that a message or a record describes.

    Raises:
        ChannelError: it describes none.
    """
    source = Fields(fields)
    name, kind, value = source.get("name", str), source.get("kind", str), source.get("value", *VALUE)
    options = {"choice": source.texts("options"), "switch": _SWITCH}.get(kind)
    make: Callable[..., NumberField | ChoiceField]
    if options:
        allowed = either(options)
        make = partial(ChoiceField, groups=(options,), helps=dict.fromkeys(options, ""))
    elif kind == "number":
        type = int if source.get("whole", bool) else float
        low, high = (type(source.get(name, int, float)) for name in ("low", "high"))
        allowed = range_in_words(low, high, type is int)
        step = DecadeStep(low or high * _SMALLEST) if source.get("log", bool) else _step(high - low, type)
        make = partial(NumberField, default=low, minimum=low, maximum=high, step=step)
    else:
        raise ChannelError("kind is unknown")
    allowed = printable(allowed, 200)
    field = make(label=printable(name, 60), help=as_sentence(allowed))
    return SettingStatus(name, value, allowed, field, kind == "switch")


def _step(span: float, type: type[int] | type[float]) -> StepRule:
    from bptui.screen.drawing import nice_ticks  # a list of runs does not wait for rich

    ticks = nice_ticks(0.0, span, _FINE_STEPS)
    fine = ticks[1] if len(ticks) > 1 else 1.0
    fine = max(1.0, round(fine)) if type is int else fine
    return LinearStep(fine, 10 * fine)


def metrics_of(fields: object) -> dict[str, float | None]:
    """The metrics of a status or of a report.

    Raises:
        ChannelError: one of them is no number.
    """
    return Fields(fields).all(int, float, NoneType)


def _state(fields: object) -> StateStatus:
    source = Fields(fields)
    return StateStatus(source.count("step"), source.count("branch"), metrics_of(source.get("metrics", dict)))
