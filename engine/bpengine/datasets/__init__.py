"""Data sets: the named ones, and the preparation of a run's samples from them or from the user's own."""

from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.making import make_dataset
from bpengine.datasets.registry import DATASETS, NamedDataset

__all__ = ["DATASETS", "Dataset", "NamedDataset", "Scaling", "make_dataset"]
