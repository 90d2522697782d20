"""`export`: writes a run as a program or a file for another runtime, with test vectors."""

from __future__ import annotations

import os
import shlex
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from bpengine.errors import ConfigError
from bpengine.exports.identifiers import checked_name
from bpengine.exports.pathway import pathway_of
from bpengine.files import write_whole
from bpengine.training.trainer import Trainer
from bpwords import must_be_one_of

NAME = "model"
"""The name of a model by default."""


class Format(NamedTuple):
    """What a run can be exported to."""

    label: str
    """What it is, in at most 45 characters."""
    suffix: str
    """The ending of the name of the file or of the folder."""
    module: str
    """The module in this folder that writes it. Modules are imported when they are needed."""
    check: str
    """How to compare the answers with those of the run, with {path}, {name} and {macro}."""

    def checked_by(self, path: Path, name: str) -> str:
        """How to compare the answers of an export with those of the run.

        Args:
            path: where it was written.
            name: the name of the model.
        """
        return self.check.format(path=shlex.quote(str(path)), name=name, macro=name.upper())


FORMATS = {
    "numpy": Format(
        "a Python module that needs NumPy only", ".py", "numpy_module", "check it by python -I {path}"
    ),
    "c": Format(
        "C99 without allocation",
        ".h",
        "c_source",
        "check it by cc -std=c99 -D{macro}_TEST -x c {path} -lm && ./a.out",
    ),
    "pytorch": Format(
        "a Python module with an nn.Module", "-torch.py", "torch_module", "check it by python {path}"
    ),
    "onnx": Format("a graph for ONNX runtimes", ".onnx", "onnx_graph", "its metadata have test vectors"),
    "json": Format("weights by layer and unit, with names", ".json", "json_document", "it has test vectors"),
}
"""What a run can be exported to, by name."""


def export(trainer: Trainer, to: str, path: str | os.PathLike[str], *, name: str = NAME) -> None:
    """Write a run as it is now as a program or a file for another runtime, with test vectors.

    It has the whole way from raw inputs to answers: features, scaling, categories, the network, softmax, and
    the units of the target. Units that are knocked out count as 0.

    Args:
        trainer: the run.
        to: numpy, c, pytorch, onnx or json; see docs/export.md.
        path: the file, which is replaced if it is there.
        name: the name of the model, with which all names in C begin.

    Raises:
        ConfigError: there is no such format, or the run or the name does not suit it.
        DivergedError: the run has diverged.
        OSError: the file can't be written. An existing file is unchanged.
    """
    if to not in FORMATS:
        raise ConfigError("format", must_be_one_of(tuple(FORMATS), to))
    pathway = pathway_of(trainer, checked_name(name))
    try:
        module = import_module(f"bpengine.exports.{FORMATS[to].module}")
    except ModuleNotFoundError:
        raise ConfigError(to, "is not installed: pip install 'bptui[onnx]'") from None
    write_whole(path, module.written(pathway))
