"""Loading data sets from CSV files, with every cell checked."""

from bpengine.data.csv.loading import list_columns, load_csv, parse_csv
from bpengine.data.csv.messages import MISSING

__all__ = ["MISSING", "list_columns", "load_csv", "parse_csv"]
