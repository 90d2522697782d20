"""Data sets: samples, and the registry of the named data sets."""

from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.registry import DATASETS, NamedDataset

__all__ = ["DATASETS", "Dataset", "NamedDataset", "Scaling"]
