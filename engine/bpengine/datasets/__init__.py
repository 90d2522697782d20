"""Data sets: their samples, and the named ones."""

from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.registry import DATASETS, NamedDataset

__all__ = ["DATASETS", "Dataset", "NamedDataset", "Scaling"]
