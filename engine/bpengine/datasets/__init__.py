"""What there is to learn: named data sets, the same at every call, and the user's own made ready."""

from bpengine.arrays import Array
from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.making import make_dataset
from bpengine.datasets.registry import DATASETS, NamedDataset

__all__ = ["DATASETS", "Array", "Dataset", "NamedDataset", "Scaling", "make_dataset"]
