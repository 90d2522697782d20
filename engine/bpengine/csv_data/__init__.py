"""A user's own samples from a CSV file, checked cell by cell."""

from bpengine.csv_data.loading import load_csv, parse_csv

__all__ = ["load_csv", "parse_csv"]
