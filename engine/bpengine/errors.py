"""What can go wrong, each with a one-line message that a person can act on."""


class ConfigError(ValueError):
    """A setting has a value that it can't take; the message names setting, value and what is allowed."""


class DivergedError(ArithmeticError):
    """The run's numbers left the finite range; the trainer keeps the last finite weights.

    Attributes:
        epoch: the epoch, counted from 0, in which it happened.
        sample: the position within that epoch, counted from 0, of the step that was refused.
    """

    def __init__(self, epoch: int, sample: int) -> None:
        super().__init__(f"diverged in epoch {epoch}, at its sample {sample}: the numbers grew without bound")
        self.epoch = epoch
        self.sample = sample


class DataError(ValueError):
    """A data file, or what is to be made of it, can't be used; the message names file, line and column."""


class CheckpointError(ValueError):
    """A checkpoint can't be written or is not one to go on from; the message names file and reason."""
