"""Loading data sets from CSV files, with every cell checked."""

from bpengine.data.csv.loading import list_columns, load_csv, parse_csv

__all__ = ["list_columns", "load_csv", "parse_csv"]
