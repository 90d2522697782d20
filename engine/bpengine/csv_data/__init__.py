"""Loading data sets from CSV files, with every cell checked."""

from bpengine.csv_data.loading import MISSING, list_columns, load_csv, parse_csv

__all__ = ["MISSING", "list_columns", "load_csv", "parse_csv"]
