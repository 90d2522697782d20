"""bpengine: small neural networks trained by back-propagation, exact and repeatable.

>>> from bpengine import Trainer, TrainingConfig
>>> trainer = Trainer(TrainingConfig.defaults("regression", epochs=401))
>>> for record in trainer.reports():
...     print(record.epoch, f"{record.error:.6f}")
0 0.260931
200 0.008699
400 0.005943
"""

from bpengine.config import FIELD, FIELDS, TASKS, Field, Task, TrainingConfig
from bpengine.datasets import DATASETS, Dataset
from bpengine.errors import ConfigError, DivergedError
from bpengine.network import Network
from bpengine.records import EpochRecord, StepRecord
from bpengine.trainer import Trainer

__all__ = [
    "DATASETS",
    "FIELD",
    "FIELDS",
    "TASKS",
    "ConfigError",
    "Dataset",
    "DivergedError",
    "EpochRecord",
    "Field",
    "Network",
    "StepRecord",
    "Task",
    "Trainer",
    "TrainingConfig",
]
