"""What is known of a run, from its answer or from its record. Every field is checked."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast, get_args

from bpengine.numbers import parse_real, parse_whole
from bpengine.wording import either, must_be
from bptui.steer.channel import MAX_STEPS, ChannelError
from bptui.steer.settings import Value, range_in_words

ProcessState = Literal["running", "paused", "ended", "died", "does not answer"]
_ON, _OFF = ("on", "true", "yes", "1"), ("off", "false", "no", "0")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SettingStatus:
    """A setting of a run, with its value and what is allowed."""

    name: str
    kind: str
    value: Value | None
    low: float = -math.inf
    high: float = math.inf
    log: bool = False
    whole: bool = False
    options: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        if self.kind == "number":
            return range_in_words(self.low, self.high, self.whole)
        return either(self.options) or "on or off"

    def parsed(self, text: str) -> Value:
        """The value that a text spells.

        Raises:
            ValueError: it spells none; the message says what is allowed. The run checks the limits.
        """
        if self.kind == "choice":
            return text
        try:
            if self.kind == "switch":
                return (*_OFF, *_ON).index(text.strip().lower()) >= len(_OFF)
            if self.whole:
                with contextlib.suppress(ValueError):
                    return parse_whole(text)  # with all its digits
            number = parse_real(text)
            if math.isfinite(number):
                return int(number) if self.whole and number.is_integer() else number
        except (ValueError, OverflowError):
            pass
        raise ValueError(must_be(self.allowed, text))


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
            state=cast(ProcessState, state),
            reason=source.get("reason", str),
            step=source.count("step"),
            branch=source.count("branch"),
            settings=tuple(map(_setting, source.get("settings", list))),
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
        start = Fields(entries[0])
        settings = {setting.name: setting for setting in map(_setting, start.get("settings", list))}
        metrics: dict[str, float | None] = {}
        notes: dict[str, str] = {}
        values = {name: setting.value for name, setting in settings.items()}
        step = branch = 0
        reason = ""
        for entry in map(Fields, entries[1:]):
            step = entry.count("step")
            match entry.get("event", str):
                case "report":
                    metrics |= metrics_of(entry.get("values", dict))
                case "change":
                    notes.pop(entry.get("name", str), None)
                case "note":
                    notes[entry.get("about", str)] = entry.get("text", str)
                case "values":
                    values |= entry.values("settings")
                case "back":
                    branch = entry.count("branch")
                    notes.clear()
                case "end":
                    reason = entry.get("reason", str)
        return cls(
            name=start.get("name", str),
            state=state,
            reason=reason,
            step=step,
            branch=branch,
            settings=tuple(replace(setting, value=values[name]) for name, setting in settings.items()),
            notes=tuple(notes.values()),
            metrics=metrics,
            states=(),
            waiting=(),
            record=record,
            problem="",
        )


class Fields:
    """The fields of a message or of an entry, which are checked when they are read."""

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, dict):
            raise ChannelError("must be a JSON object")
        self._fields = fields

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self._fields)

    def get(self, name: str, kind: type[_T]) -> _T:
        """The field of this name.

        Raises:
            ChannelError: there is none of this type.
        """
        value = self._fields.get(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ChannelError(f"{name} must be a {kind.__name__}")
        return value

    def count(self, name: str) -> int:
        """A field that counts something."""
        count = self.get(name, int)
        if not 0 <= count <= MAX_STEPS:
            raise ChannelError(f"{name} must be from 0 to {MAX_STEPS}")
        return count

    def number(self, name: str) -> float:
        """A field that is a number."""
        value = self.value(name)
        if isinstance(value, (bool, str)) or value is None:
            raise ChannelError(f"{name} must be a number")
        return float(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; none if there is no such field."""
        texts = self.get(name, list) if name in self._fields else ()
        return tuple(text for text in texts if isinstance(text, str))

    def values(self, name: str) -> dict[str, Value | None]:
        """A field that has the values of settings; empty if there is no such field."""
        fields = Fields(self._fields.get(name, {}))
        return {name: fields.value(name) for name in fields.names}

    def value(self, name: str) -> Value | None:
        """A field that has the value of a setting."""
        value = self._fields.get(name)
        if value is None or isinstance(value, (bool, str)) or _is_number(value):
            return cast(Value | None, value)
        raise ChannelError(f"{name} must be a value")


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(cast(float, value)) <= sys.float_info.max


def _setting(fields: object) -> SettingStatus:
    source = Fields(fields)
    name, kind, value = source.get("name", str), source.get("kind", str), source.value("value")
    match kind:
        case "number":
            limits = source.number("low"), source.number("high")
            return SettingStatus(
                name, kind, value, *limits, source.get("log", bool), source.get("whole", bool)
            )
        case "choice":
            options = source.get("options", list)
            return SettingStatus(name, kind, value, options=tuple(map(str, options)))
        case "switch":
            return SettingStatus(name, kind, value)
    raise ChannelError("kind is unknown")


def metrics_of(fields: dict[object, object]) -> dict[str, float | None]:
    """The metrics of a status or of a report.

    Raises:
        ChannelError: one of them is no number.
    """
    metrics: dict[str, float | None] = {}
    for name, value in fields.items():
        if not isinstance(name, str) or not (value is None or _is_number(value)):
            raise ChannelError("a metric must be a number")
        metrics[name] = cast(float | None, value)
    return metrics


def _state(fields: object) -> StateStatus:
    source = Fields(fields)
    return StateStatus(source.count("step"), source.count("branch"), metrics_of(source.get("metrics", dict)))
