"""Small neural networks trained by back-propagation, with results that repeat to the last bit.

>>> from bpengine import Trainer, TrainingConfig
>>> trainer = Trainer(TrainingConfig.defaults("regression", epochs=401))
>>> for record in trainer.reports():
...     print(record.epoch, f"{record.error:.6f}")
0 0.260931
200 0.008699
400 0.005943
"""

from importlib import import_module
from typing import TYPE_CHECKING

from bpengine.choices import TASKS, Task
from bpengine.config import TrainingConfig
from bpengine.data import DATASETS, Dataset
from bpengine.data.formulas import FormulaError
from bpengine.data.function import function_dataset
from bpengine.errors import CheckpointError, ConfigError, DataError, DivergedError
from bpengine.fields import ChoiceField, Field, NamesField, NumberField, WidthsField
from bpengine.hyperparameters import FIELD, FIELDS
from bpengine.network.network import Network
from bpengine.training.edits import Edit
from bpengine.training.history import EpochRecord, StepRecord
from bpengine.training.predictions import Metrics
from bpengine.training.sharpness import Sharpness
from bpengine.training.tracing import Trace
from bpengine.training.trainer import Trainer
from bpengine.training.training_data import make_dataset

_LATE = {
    "bpengine.checkpoint": ("load", "save"),
    "bpengine.data.csv": ("load_csv",),
    "bpengine.explain.diagnostics": (
        "Diagnostics",
        "Finding",
        "LayerDiagnostics",
        "diagnose",
        "findings",
        "verdict",
    ),
    "bpengine.exports": ("export",),
}
"""What a training does without: these modules are loaded when one of their names is first used."""

if TYPE_CHECKING:
    from bpengine.checkpoint import load, save
    from bpengine.data.csv import load_csv
    from bpengine.explain.diagnostics import (
        Diagnostics,
        Finding,
        LayerDiagnostics,
        diagnose,
        findings,
        verdict,
    )
    from bpengine.exports import export
else:  # with this function, type checkers would accept every name

    def __getattr__(name: str) -> object:
        for module, names in _LATE.items():
            if name in names:
                return getattr(import_module(module), name)
        raise AttributeError(f"module 'bpengine' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "DATASETS",
    "FIELD",
    "FIELDS",
    "TASKS",
    "CheckpointError",
    "ChoiceField",
    "ConfigError",
    "DataError",
    "Dataset",
    "Diagnostics",
    "DivergedError",
    "Edit",
    "EpochRecord",
    "Field",
    "Finding",
    "FormulaError",
    "LayerDiagnostics",
    "Metrics",
    "NamesField",
    "Network",
    "NumberField",
    "Sharpness",
    "StepRecord",
    "Task",
    "Trace",
    "Trainer",
    "TrainingConfig",
    "WidthsField",
    "diagnose",
    "export",
    "findings",
    "function_dataset",
    "load",
    "load_csv",
    "make_dataset",
    "save",
    "verdict",
]
