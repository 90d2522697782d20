"""Loading data sets from CSV files, with every cell checked."""

from bpengine.data.csv.loading import ColumnOutline, Outline, load_csv, outline_of, parse_csv
from bpengine.data.csv.messages import Spelling

__all__ = ["ColumnOutline", "Outline", "Spelling", "load_csv", "outline_of", "parse_csv"]
