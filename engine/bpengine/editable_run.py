"""`EditableRun`: a run whose weights, units and layers can be edited."""

from __future__ import annotations

from abc import abstractmethod

from bpengine.edits import BIAS, Edit, Input
from bpengine.run import Run


class EditableRun(Run):
    """A run that can be edited. What was edited is part of its state: see `edits`.

    Layers, units and inputs are counted from 0; layer 0 is the first hidden layer. An edit takes effect at
    once. An edit that would change nothing is not recorded. A run that has diverged can continue after an
    edit, from its last finite weights.

    Training does not change frozen weights and biases: their gradient counts as 0 (before clipping),
    penalties do not act on them, and their values in the optimizer's buffers stay. Freezing and unfreezing
    between two steps therefore changes no number.
    """

    @property
    def knocked_out(self) -> tuple[tuple[int, int], ...]:
        """The layer and the number of each unit that is knocked out, counted from 0."""
        return tuple(sorted(self._effects.out))

    def is_frozen(self, edit: Edit) -> bool:
        """Whether all parameters that an edit is about are frozen, for whatever reason.

        Raises:
            ConfigError: the edit is not possible in this network.
        """
        return bool(self.frozen[self._effects.indices(self._effects.check(edit))].all())

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set the weight of an input of a unit. A frozen weight can also be set.

        Raises:
            ConfigError: there is no such weight, the value is not a finite number, or the input is a unit
                that is knocked out.
        """
        self.edit(Edit("set", layer, unit, input, value))

    def set_bias(self, layer: int, unit: int, value: float) -> None:
        """Set the bias of a unit. A frozen bias can also be set.

        Raises:
            ConfigError: there is no such unit, or the value is not a finite number.
        """
        self.edit(Edit("set", layer, unit, BIAS, value))

    def freeze(self, layer: int, unit: int | None = None, input: Input = None) -> None:
        """Freeze weights and biases: training no longer changes them.

        Args:
            layer: the layer.
            unit: the unit whose incoming weights and bias are frozen; by default all units of the layer.
            input: one of its inputs or "bias", to freeze that weight or bias only.

        Raises:
            ConfigError: there is no such layer, unit or input.
        """
        self.edit(Edit("freeze", layer, unit, input))

    def unfreeze(self, layer: int, unit: int | None = None, input: Input = None) -> None:
        """Unfreeze weights and biases, so that training changes them again. See `freeze`."""
        self.edit(Edit("unfreeze", layer, unit, input))

    def knock_out(self, layer: int, unit: int) -> None:
        """Make a hidden unit count as 0 for the next layer, until `bring_back`.

        Its outgoing weights are stored and set to 0. They, its bias and its incoming weights are frozen.

        Raises:
            ConfigError: there is no such hidden unit.
        """
        self.edit(Edit("knock out", layer, unit))

    def bring_back(self, layer: int, unit: int) -> None:
        """Let a unit that was knocked out count again, with the outgoing weights that it had before.

        Raises:
            ConfigError: there is no such hidden unit.
        """
        self.edit(Edit("bring back", layer, unit))

    @abstractmethod
    def edit(self, edit: Edit) -> None:
        """Make an edit at the current epoch and sample; its own epoch and sample are ignored.

        Raises:
            ConfigError: it is not possible in this network.
        """
