"""Loading data sets from CSV files, with every cell checked."""

from bpengine.data.csv.loading import MISSING, list_columns, load_csv, parse_csv

__all__ = ["MISSING", "list_columns", "load_csv", "parse_csv"]
