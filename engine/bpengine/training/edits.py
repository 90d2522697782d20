"""Edits of a run's weights, units and layers, and their lasting effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.errors import ConfigError
from bpengine.network.network import parameter_count
from bpengine.numbers import is_finite, is_whole
from bpwords import Sentence, either, many, must_be, word
from bpwords.numbers import value_text

EditKind = Literal["set", "set all", "freeze", "unfreeze", "knock out", "bring back"]
KINDS: tuple[EditKind, ...] = get_args(EditKind)

BIAS: Literal["bias"] = "bias"
Mask = NDArray[np.bool_]
Input = int | Literal["bias"] | None
"""An input of a unit, counted from 0; its bias; or None for all of them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a network during a run. Layers, units and inputs are counted from 0."""

    kind: EditKind
    """What kind of edit it is."""
    layer: int | None = None
    """The layer that the weight or unit belongs to; the first hidden layer is 0. None if all weights and
    biases of the network are set."""
    unit: int | None = None
    """The unit; None for all units of the layer."""
    input: Input = None
    """The input of a weight that is set, frozen or unfrozen; "bias" for a bias; None for a whole unit."""
    value: float | None = None
    """The new value of a weight or bias that is set; None for the other kinds."""
    epoch: int = 0
    """The epoch in which it was made."""
    sample: int = 0
    """The number of samples of that epoch that had been trained on."""
    kept: tuple[float, ...] = ()
    """The outgoing weights of a unit before it was knocked out."""
    parameters: bytes = field(default=b"", repr=False)
    """If all weights and biases are set, the new ones in the order of `Network.parameters`, as the bytes of a
    float64 array: bytes are compared and copied quickly and exactly."""

    @property
    def words(self) -> str:
        """The edit in words, which count from 1 as the screen does: W1[1,2] set to 0.3."""
        if self.kind == "set all":
            return Sentence("{target} set")(target=self.target)
        if self.kind == "set" and self.value is not None:
            return Sentence("{target} set to {value}")(target=self.target, value=value_text(self.value))
        done = {
            "freeze": Sentence("{target} frozen"),
            "unfreeze": Sentence("{target} unfrozen"),
            "knock out": Sentence("{target} knocked out"),
        }
        return done.get(self.kind, Sentence("{target} brought back"))(target=self.target)

    @property
    def target(self) -> str:
        """What the edit changes, counted from 1: W1[1,2], b1[2], unit 2 of layer 1, or layer 1."""
        if self.layer is None:
            return word("all weights and biases")
        if self.unit is None:
            return Sentence("layer {layer}")(layer=self.layer + 1)
        if self.input is None:
            place = Sentence("unit {unit} of layer {layer}")
            return place(unit=self.unit + 1, layer=self.layer + 1)
        if self.input == BIAS:
            return f"b{self.layer + 1}[{self.unit + 1}]"
        return f"W{self.layer + 1}[{self.input + 1},{self.unit + 1}]"


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The lasting effects of a run's edits. Immutable.

    A knocked-out unit counts as 0 because its outgoing weights are 0. Their old values are stored for its
    return. Until then, its outgoing weights, its bias and its incoming weights are frozen.
    """

    sizes: tuple[int, ...]
    """The number of units of each layer: the inputs first, the outputs last."""
    held: Mask | None = None
    """The mask of the parameters that were frozen explicitly; shape (parameters,). None if none were."""
    out: dict[tuple[int, int], tuple[float, ...]] = field(default_factory=dict)
    """The layer and the number of each knocked-out unit, with its outgoing weights before that."""

    @property
    def knocked_out(self) -> tuple[tuple[int, int], ...]:
        """The layer and the number of each knocked-out unit."""
        return tuple(sorted(self.out))

    def frozen(self) -> Mask:
        """The mask of the parameters that training does not change; shape (parameters,)."""
        frozen = self._held()
        for place in self.out:
            frozen[self._indices(*place, None)] = True
            frozen[self._outgoing(*place)] = True
        return frozen

    def changes(self, edit: Edit, parameters: Array) -> bool:
        """Whether an edit, which `check` has accepted, would change anything."""
        if edit.kind == "set all":
            return parameters.tobytes() != edit.parameters
        indices = self.indices(edit)
        if edit.kind == "set":
            return bool(parameters[indices[0]] != edit.value)
        if edit.kind == "freeze":
            return not self._held()[indices].all()
        if edit.kind == "unfreeze":
            return bool(self._held()[indices].any())
        return ((edit.layer, edit.unit) in self.out) == (edit.kind == "bring back")

    def check(self, edit: Edit) -> Edit:
        """Return the edit with plain Python numbers, if it is possible in this network.

        Raises:
            ConfigError: the edit is not possible.
        """
        if edit.kind not in KINDS:
            raise ConfigError("edit", must_be(either(KINDS), edit.kind))
        if edit.kind == "set all":
            return self._checked_parameters(edit)
        if edit.parameters:
            raise ConfigError("edit", "only an edit that sets all weights and biases may hold them")
        last = len(self.sizes) - 2
        layer = _number(edit.layer, last, "a layer")
        unit = None if edit.unit is None else _number(edit.unit, self.sizes[layer + 1] - 1, "a unit")
        index: Input = None if edit.input is None else BIAS
        if edit.input is not None and edit.input != BIAS:
            index = _number(edit.input, self.sizes[layer] - 1, "an input")
        if unit is None and index is not None:
            raise ConfigError("edit", "a weight or bias needs the unit that it belongs to")
        if edit.kind == "set":
            self._check_value(edit)
        elif edit.value is not None:
            raise ConfigError("edit", must_be("without a value unless it sets one", edit.value))
        if edit.kind in ("knock out", "bring back"):
            if layer == last:
                raise ConfigError("edit", word("a unit of the output layer can't be knocked out"))
            if unit is None or index is not None:
                raise ConfigError("edit", "only a single unit can be knocked out")
        if edit.kept and edit.kind != "knock out":
            raise ConfigError("edit", "only a unit that is knocked out has outgoing weights kept aside")
        value = None if edit.value is None else float(edit.value)
        return replace(edit, layer=layer, unit=unit, input=index, value=value)

    def _checked_parameters(self, edit: Edit) -> Edit:
        if edit != Edit("set all", epoch=edit.epoch, sample=edit.sample, parameters=edit.parameters):
            raise ConfigError("edit", "all weights and biases are set without a layer, a unit or one value")
        count = parameter_count(self.sizes)
        if not isinstance(edit.parameters, bytes) or len(edit.parameters) != 8 * count:
            raise ConfigError("weights", f"must be {count} numbers")
        parameters = _vector(edit)
        if not np.isfinite(parameters).all():
            raise ConfigError("weights", "must be finite numbers")
        if reason := self.disagreement(parameters):
            raise ConfigError("weights", reason)
        return edit

    def _check_value(self, edit: Edit) -> None:
        if edit.unit is None or edit.input is None:
            raise ConfigError("edit", "only a single weight or bias can be set")
        if not is_finite(edit.value):
            raise ConfigError(edit.target, must_be(word("a finite number"), edit.value))
        if edit.input != BIAS and edit.layer is not None and (edit.layer - 1, edit.input) in self.out:
            is_out = Sentence("unit {unit} of layer {layer} is knocked out: bring it back first")
            raise ConfigError(edit.target, is_out(unit=edit.input + 1, layer=edit.layer))

    def indices(self, edit: Edit) -> IntArray:
        """The indices of the parameters that an edit applies to, without a unit's outgoing weights."""
        if edit.layer is None:
            return np.arange(parameter_count(self.sizes))
        return self._indices(edit.layer, edit.unit, edit.input)

    def completed(self, edit: Edit, parameters: Array) -> Edit:
        """The edit with the outgoing weights of a unit that it knocks out."""
        if edit.kind != "knock out":
            return edit
        assert edit.layer is not None
        assert edit.unit is not None
        return replace(edit, kept=tuple(parameters[self._outgoing(edit.layer, edit.unit)].tolist()))

    def applied(self, edit: Edit, parameters: Array) -> Effects:
        """Make an edit, which `check` has accepted and `completed` has completed; return the new effects.

        Args:
            edit: the edit.
            parameters: all weights and biases; changed in place.
        """
        held, out = self.held, self.out
        if edit.kind == "set all":
            parameters[:] = _vector(edit)
        elif edit.kind == "set":
            parameters[self.indices(edit)] = edit.value
        elif edit.kind == "freeze":
            held = self._held()
            held[self.indices(edit)] = True
        elif edit.kind == "unfreeze":
            held = self._held()
            held[self.indices(edit)] = False
        else:
            assert edit.layer is not None
            assert edit.unit is not None
            place = (edit.layer, edit.unit)
            outgoing = self._outgoing(*place)
            if edit.kind == "bring back":
                if place in out:
                    parameters[outgoing] = out[place]
                out = {other: weights for other, weights in out.items() if other != place}
            else:
                out = out | {place: edit.kept}
                parameters[outgoing] = 0.0
        return replace(self, held=held, out=out)

    def disagreement(self, parameters: Array) -> str:
        """Why these parameters contradict the edits, in words; empty if they do not."""
        for layer, unit in self.out:
            if parameters[self._outgoing(layer, unit)].any():
                return f"unit {unit + 1} of layer {layer + 1} is knocked out: its outgoing weights must be 0"
        return ""

    def _held(self) -> Mask:
        """A copy of `held`."""
        return np.zeros(parameter_count(self.sizes), dtype=bool) if self.held is None else self.held.copy()

    def _indices(self, layer: int, unit: int | None, index: Input) -> IntArray:
        inputs, units = self.sizes[layer], self.sizes[layer + 1]
        start = parameter_count(self.sizes[: layer + 1])
        numbers: IntArray = np.arange(start, start + (inputs + 1) * units).reshape(inputs + 1, units)
        rows = slice(None) if index is None else slice(inputs, None) if index == BIAS else index
        chosen: Any = numbers[rows, slice(None) if unit is None else unit]
        return np.ravel(chosen)

    def _outgoing(self, layer: int, unit: int) -> IntArray:
        """The indices of a unit's outgoing weights."""
        start, units = parameter_count(self.sizes[: layer + 2]), self.sizes[layer + 2]
        return np.arange(start + unit * units, start + (unit + 1) * units)


def setting_all(parameters: Any, count: int) -> Edit:
    """The edit that sets all weights and biases.

    Args:
        parameters: numbers; shape (parameters,).
        count: how many there must be.

    Raises:
        ConfigError: they are no numbers, or too few or too many.
    """
    try:
        copied: Array = np.array(parameters, dtype=np.float64)
    except (TypeError, ValueError):
        raise ConfigError("weights", f"must be {count} numbers") from None
    if copied.shape != (count,):
        raise ConfigError("weights", f"must be {count} numbers, got shape {copied.shape}")
    return Edit("set all", parameters=copied.tobytes())


def _vector(edit: Edit) -> Array:
    """All weights and biases that an edit sets; read-only, shape (parameters,)."""
    return np.frombuffer(edit.parameters, dtype=np.float64)


def effects_of(sizes: tuple[int, ...], edits: Sequence[Edit]) -> Effects:
    """The effects of edits, given the oldest first.

    Raises:
        ConfigError: no network of these sizes can have had these edits.
    """
    effects, nowhere = Effects(sizes), np.zeros(parameter_count(sizes))
    for unchecked in edits:
        edit = effects.check(unchecked)
        if edit.kind == "knock out":
            assert edit.layer is not None
            if len(edit.kept) != (count := sizes[edit.layer + 2]):
                wrong = f"{len(edit.kept)} outgoing weights are kept aside, the unit has {count}"
                raise ConfigError("edit", wrong)
        if edit.kind in ("knock out", "bring back") and not effects.changes(edit, nowhere):
            raise ConfigError("edit", "a unit is knocked out or brought back twice")
        effects = effects.applied(edit, nowhere)
    return effects


def possible_edits(sizes: tuple[int, ...], edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits whose layer, unit and input exist in a network of these sizes."""

    def is_possible(edit: Edit) -> bool:
        try:
            Effects(sizes).check(edit)
        except ConfigError:
            return False
        return True

    return tuple(filter(is_possible, edits))


def carried_over(edit: Edit, before: tuple[int, ...], after: tuple[int, ...]) -> Edit | None:
    """An edit of one network, converted for another one; None if that has no such place.

    Inputs, units and hidden layers correspond by number, and the output layers correspond to each other. A
    weight has a place if both of its ends have one: without the last hidden layer, its weights to the outputs
    are gone.

    Args:
        edit: the edit.
        before: the number of units of each layer of its network: the inputs first, the outputs last.
        after: the same for the other network.
    """
    if before == after or edit.layer is None:
        return edit if before == after else None
    last, new_last = len(before) - 2, len(after) - 2
    is_output = edit.layer == last
    if last != new_last and (edit.layer >= new_last if not is_output else isinstance(edit.input, int)):
        return None
    moved = replace(edit, layer=new_last) if is_output else edit
    return moved if possible_edits(after, (moved,)) else None


def edited_at(edits: Sequence[Edit]) -> str:
    """When edits were made, in words: edited at epoch 300, or edited 4 times from epoch 300 on."""
    one, several = "edited at epoch {epoch}", "edited {n} times from epoch {epoch} on"
    return many(len(edits), one, several, epoch=edits[0].epoch)


def _number(value: Any, end: int, what: str) -> int:
    if is_whole(value) and 0 <= value <= end:
        return int(value)
    raise ConfigError("edit", must_be(f"{what} from 0 to {end}", value))
