"""The engine's exceptions, each with a message of one line that a user can act on."""

from bpwords import Sentence, word


class ConfigError(ValueError):
    """A setting cannot have the value that it was given.

    Attributes:
        setting: the name of the setting in the message, such as its label.
        reason: the rest of the message: what the setting must be, and the value that was given.
    """

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(setting, reason)
        self.setting = setting
        self.reason = reason

    def __str__(self) -> str:
        return f"{word(self.setting, 'setting')}{word(': ', 'list')}{self.reason}"


class DivergedError(ArithmeticError):
    """The numbers of a run left the finite range; the trainer keeps the last finite weights.

    Attributes:
        epoch: the epoch in which the run diverged, counted from 0.
        sample: the position within that epoch of the step that was refused, counted from 0.
    """

    def __init__(self, epoch: int, sample: int) -> None:
        super().__init__(epoch, sample)
        self.epoch = epoch
        self.sample = sample

    def __str__(self) -> str:
        said = Sentence("diverged in epoch {epoch} at sample {sample}: the numbers grew without bound")
        return said(epoch=self.epoch, sample=self.sample)


class DataError(ValueError):
    """Data cannot be used as asked; the message names the array, or the file, the line and the column."""


class FormulaError(DataError):
    """A text is not a formula.

    Attributes:
        column: the position of the problem, counted from 1; at the end of the text, its length plus 1.
        reason: what is wrong there, and what is allowed.
    """

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason

    def __str__(self) -> str:
        return Sentence("column {column}: {reason}")(column=self.column, reason=self.reason)


class CheckpointError(ValueError):
    """A checkpoint cannot be written or read; the message names the file and the reason."""
