"""Data sets: samples, and the registry of the named data sets."""

from bpengine.data.dataset import Dataset, Scaling
from bpengine.data.registry import DATASETS, NamedDataset

__all__ = ["DATASETS", "Dataset", "NamedDataset", "Scaling"]
