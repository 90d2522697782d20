"""Data sets: samples, and the named data sets."""

from bpengine.data import classification, regression
from bpengine.data.dataset import Dataset, Scaling
from bpengine.data.digits import digits
from bpengine.data.sampling import NamedDataset

__all__ = ["DATASETS", "Dataset", "NamedDataset", "Scaling"]

DATASETS: dict[str, NamedDataset] = {
    dataset.name: dataset for dataset in (*regression.DATASETS, *classification.DATASETS, digits)
}
"""The named data sets by name. The first of each task is its default."""
