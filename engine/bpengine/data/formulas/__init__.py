"""Formulas that users type: a small language of numbers, x and y, operators and NumPy functions."""

from bpengine.data.formulas.formula import Formula, Vocabulary, constant, number_of, parse, task_of
from bpengine.errors import FormulaError

__all__ = ["Formula", "FormulaError", "Vocabulary", "constant", "number_of", "parse", "task_of"]
