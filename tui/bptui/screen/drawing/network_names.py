"""How the units and inputs of a network are written: names with numbers, names alone, or dots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bptui.formatting import without_unit
from bptui.screen.drawing.canvas import cells_of
from bptui.session.snapshot import Snapshot
from bptui.session.units import FROZEN, Edited, Place, edited_as, input_name, output_name, short_name
from bpwords import columns as text_columns
from bpwords.numbers import signed

_NAMES_MEASURED = 32
_NUMBER_WIDTH = 5
_MARKS = {Edited.FROZEN: FROZEN, Edited.KNOCKED_OUT: "x", Edited.NOT: ""}
"""The sign that replaces the bracket before an edited unit."""

Numbers = Mapping[Place, str]
"""The number that each unit or input shows."""


class Names:
    """How units are written; all units of a layer have the same width.

    Args:
        snapshot: the run.
        chosen: the unit in brackets.
        longest: the most columns of a name.
        numbers: what the units and inputs show in place of the biases; None for the biases.
    """

    def __init__(self, snapshot: Snapshot, chosen: Place, longest: int, numbers: Numbers | None) -> None:
        self._snapshot, self._chosen, self._longest, self._numbers = snapshot, chosen, longest, numbers
        layers = snapshot.network.layers
        self._last = len(layers) - 1
        self._widths = [
            self._width(self._input, layers[0].shape[0] - 1),
            *(len(str(layer.shape[1])) for layer in layers[:-1]),
            self._width(self._output, layers[-1].shape[1]),
        ]

    def _width(self, name: Callable[[int], str], count: int) -> int:
        longest = max(text_columns(name(number)) for number in range(min(count, _NAMES_MEASURED)))
        return min(longest, self._longest)

    def _input(self, number: int) -> str:
        """The name of an input; one that would be cut loses its unit first."""
        name = input_name(self._snapshot, number)
        return name if text_columns(name) <= self._longest else without_unit(name)

    def _output(self, number: int) -> str:
        """The same for an output. What a class has in parentheses is no unit."""
        name = output_name(self._snapshot, number)
        keeps_all = text_columns(name) <= self._longest or self._snapshot.run.dataset.classes
        return name if keeps_all else without_unit(name)

    def name(self, place: Place) -> str:
        """The name of an input or an output, or the number of a hidden unit, from 1."""
        layer, unit = place
        width = self._widths[layer + 1]
        if layer < 0:
            return f"{cells_of(short_name(self._input(unit), width)):>{width}}"
        if layer == self._last:
            return f"{cells_of(short_name(self._output(unit), width)):<{width}}"
        return f"{unit + 1:>{width}}"

    def with_bias(self, place: Place) -> str:
        """The number with the bias or what is shown in its place, such as (2 -0.41); an input has no bias."""
        if self._numbers is not None:
            number = f" {self._numbers.get(place, ''):>{_NUMBER_WIDTH}}"
        else:
            layer, unit = place
            number = "" if layer < 0 else f" {signed(self._snapshot.network.layers[layer][-1, unit]):>5}"
        return self._bracketed(self.name(place) + number, place)

    def value(self, place: Place) -> str:
        """What a unit shows, such as (+0.41), or its name until that is known."""
        number = (self._numbers or {}).get(place)
        name = self.name(place).strip()[:_NUMBER_WIDTH]
        text = f"{name:<{_NUMBER_WIDTH}}" if number is None else f"{number:>{_NUMBER_WIDTH}}"
        return self._bracketed(text, place)

    def with_number(self, place: Place) -> str:
        """The number, such as (2), or the name of an input."""
        name = self.name(place)
        short = self._bracketed(name.rstrip(), place)  # the bracket closes behind the name
        return name if place[0] < 0 else f"{short:<{len(name) + 2}}"

    def dot(self, place: Place) -> str:
        """One character for an input or a unit."""
        if place[0] < 0:
            return "·"
        return _MARKS[edited_as(self._snapshot, place)] or ("■" if place == self._chosen else "●")

    def _bracketed(self, text: str, place: Place) -> str:
        """A unit in brackets, of which the first one says how it is edited; an input has none."""
        if place[0] < 0:
            return text
        mark = _MARKS[edited_as(self._snapshot, place)]
        return f"{mark or '['}{text}]" if place == self._chosen else f"{mark or '('}{text})"
