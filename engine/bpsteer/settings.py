"""What can be changed while a training runs: numbers, choices and switches."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

Value = bool | int | float | str
"""The value of a setting."""
MAX_TEXT = 200
"""The most characters of a reason that a user's program gives."""


class RequestError(Exception):
    """A request that is refused; the message is one line that says why."""


class Setting:
    """A setting of a training.

    Attributes:
        name: what it is called at the screen.
        value: its value when it was last read; None if it can't be read.
    """

    kind = ""

    def __init__(
        self, name: str, get: Callable[[], object], set: Callable[..., object], allowed: str, **limits: object
    ) -> None:
        if not isinstance(name, str) or not name.isprintable() or not 0 < len(name.strip()) <= 60:
            raise ValueError(f"a setting's name must have 1 to 60 printable characters, got {name!r:.60}")
        if not callable(get) or not callable(set):
            raise TypeError(f"{name}: must be given a function that reads the value, and one that sets it")
        self.name = name.strip()
        self.value: Value | None = None
        self._get, self._set, self._allowed, self._limits = get, set, allowed, limits

    def check(self, value: object) -> Value:
        """Return the value as `set` gets it.

        Raises:
            RequestError: it is not allowed.
        """
        raise NotImplementedError

    def read(self) -> Value | None:
        """Read and return the value; None if that raises an error or gives what is not allowed."""
        try:
            self.value = self._as_read(self._get())
        except Exception:  # of the user's program, whose training continues
            self.value = None
        return self.value

    def write(self, value: Value) -> None:
        """Set the value.

        Raises:
            RequestError: the user's program has raised an error.
        """
        try:
            self._set(value)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            raise RequestError(f"{self.name}: {exception_text(error)}") from None

    def described(self) -> dict[str, object]:
        """The setting as a message or a record has it."""
        return {"name": self.name, "kind": self.kind, "value": self.value, **self._limits}

    def _as_read(self, value: object) -> Value:
        return self.check(value)

    def _refusal(self, value: object) -> RequestError:
        return RequestError(f"{self.name}: must be {self._allowed}, got {str(value)[:40]!r}")


class Number(Setting):
    """A number that can be changed; a program makes it by `bpsteer.number`.

    Args:
        name: what it is called.
        get: returns its value.
        set: sets it; if it raises an error, the change is refused with the error's message.
        low: the lowest value.
        high: the highest value.
        log: whether a step multiplies the value instead of adding to it.
        whole: whether it is a whole number, which `set` is given as an int.
    """

    kind = "number"

    def __init__(
        self,
        name: str,
        get: Callable[[], float],
        set: Callable[..., object],
        *,
        low: float,
        high: float,
        log: bool = False,
        whole: bool = False,
    ) -> None:
        if not (math.isfinite(low) and math.isfinite(high) and low < high and (low >= 0 or not log)):
            rule = "low must be less than high, both finite, and not below 0 with log=True"
            raise ValueError(f"{name}: {rule}, got {low} and {high}")
        allowed = range_in_words(low, high, whole)
        super().__init__(name, get, set, allowed, low=low, high=high, log=log, whole=whole)
        self._low, self._high = low, high
        self._type: Callable[..., int | float] = int if whole else float

    def check(self, value: object) -> Value:
        """Return the number as an int or a float."""
        number = self._as_read(value)
        is_kind = not isinstance(value, (bool, str)) and (self._type is float or number == value)
        if not is_kind or not self._low <= number <= self._high:
            raise self._refusal(value)
        return number

    def _as_read(self, value: object) -> int | float:
        """The number that the program has, which may be out of range, such as a tensor's."""
        try:
            float(value)  # type: ignore[arg-type]  # what no float holds could not be sent
            return self._type(value)
        except (TypeError, ValueError, OverflowError):
            raise self._refusal(value) from None


class ChoiceSetting(Setting):
    """One of some names that can be chosen; a program makes it by `bpsteer.choice`."""

    kind = "choice"

    def __init__(
        self, name: str, options: Sequence[str], get: Callable[[], str], set: Callable[..., object]
    ) -> None:
        if not options or not all(isinstance(option, str) and option.isprintable() for option in options):
            raise ValueError(f"{name}: the options must be printable texts, at least one")
        super().__init__(name, get, set, f"one of {', '.join(options)}", options=list(options))
        self._options = options

    def check(self, value: object) -> Value:
        """Return the name."""
        if not isinstance(value, str) or value not in self._options:
            raise self._refusal(value)
        return value


class Switch(Setting):
    """What can be turned on and off; a program makes it by `bpsteer.switch`."""

    kind = "switch"

    def __init__(self, name: str, get: Callable[[], bool], set: Callable[..., object]) -> None:
        super().__init__(name, get, set, "on or off")

    def check(self, value: object) -> Value:
        """Return the state."""
        if not isinstance(value, bool):
            raise self._refusal(value)
        return value

    def _as_read(self, value: object) -> Value:
        return bool(value)


def value_text(value: Value | None) -> str:
    """A value as a sentence has it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unknown" if value is None else _written(value) if isinstance(value, float) else str(value)


def range_in_words(low: float, high: float, whole: bool) -> str:
    """What a number may be, as a sentence has it."""
    return f"{'a whole number' if whole else 'a number'} from {_written(low)} to {_written(high)}"


def _written(number: float) -> str:
    """A number with up to six digits, such as 1e-6; Python itself writes 1e-06."""
    return re.sub(r"e([+-])0*", lambda exponent: "e" + exponent[1].replace("+", ""), f"{number:.6g}")


def exception_text(error: BaseException) -> str:
    """An error of a user's program in one line."""
    text = " ".join(str(error).split())[:MAX_TEXT]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
