"""Writing a trainer to a file and reading it back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from bpengine.checkpoint import container
from bpengine.checkpoint.container import DamagedError, ForeignError, damaged
from bpengine.checkpoint.runs import decode_runs, encode_runs
from bpengine.errors import CheckpointError
from bpengine.files import FileError, reason_of, unwritten, write_whole
from bpengine.training.run import RunState
from bpengine.training.trainer import Trainer
from bpwords import Sentence, printable_path, translatable, word

KIND = translatable("bpengine checkpoint")
"""The format of a checkpoint, whose content is one run; see `container`."""
_RUN = "run"


def save(trainer: Trainer, path: str | os.PathLike[str]) -> None:
    """Write the run to a file, in any state. The earlier states for `rewind` are not saved.

    Raises:
        CheckpointError: the file cannot be written, or `load` would refuse the user's own samples.
    """
    write(trainer.run_state(), path)


def write(run: RunState, path: str | os.PathLike[str]) -> None:
    """Write a copy of a run to a file. See `save`."""
    name = printable_path(path)
    try:
        write_whole(path, to_bytes(run))
    except (CheckpointError, DamagedError, OSError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else error
        raise CheckpointError(unwritten(name, reason)) from None
    except ValueError:  # a NUL or a lone surrogate in the path
        raise CheckpointError(f"{name}: is not a possible file name") from None


def load(path: str | os.PathLike[str], *, kernel: str = "auto") -> Trainer:
    """The run from a file.

    Args:
        path: a file that `save` wrote.
        kernel: the kernel to continue with; it makes no difference to the numbers.

    Raises:
        CheckpointError: the file cannot be read, is not a checkpoint, or has been damaged or changed.
        ConfigError: the kernel cannot be used.
    """
    return Trainer.continuing(read(path), kernel=kernel)


def read(path: str | os.PathLike[str]) -> RunState:
    """The run from a file, from which a trainer can be made.

    Raises:
        CheckpointError: as for `load`.
    """
    with errors_of(path):
        return _only_run(container.read(path, KIND))


def to_bytes(run: RunState) -> bytes:
    """The content of a checkpoint file with this run.

    Raises:
        CheckpointError: `load` would refuse the user's own samples.
    """
    return container.packed(KIND, encode_runs({_RUN: run}))


def from_bytes(data: bytes) -> RunState:
    """The run in what `to_bytes` has returned.

    Raises:
        ForeignError, DamagedError: it is something else, or was changed.
    """
    return _only_run(container.unpacked(data, KIND))


def _only_run(content: container.Content) -> RunState:
    runs = decode_runs(content, 1)
    if list(runs) != [_RUN]:
        raise damaged("runs", "does not have one run")
    return runs[_RUN]


@contextlib.contextmanager
def errors_of(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make what a file is refused for a `CheckpointError` that names the file."""
    name = printable_path(path)
    try:
        yield
    except (FileError, ForeignError) as error:
        raise CheckpointError(f"{name}{word(': ', 'list')}{error}") from None
    except DamagedError as error:
        raise CheckpointError(Sentence("{name}: is damaged: {reason}")(name=name, reason=error)) from None
