"""Loading data sets from CSV files, with every cell checked."""

from bpengine.csv_data.loading import load_csv, parse_csv

__all__ = ["load_csv", "parse_csv"]
