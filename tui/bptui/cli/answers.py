"""`AnswerWriter`: rows with their answers as lines of csv, jsonl or text."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection, Iterable, Iterator, Sequence

from bpengine import DataError, Trainer
from bpengine.data.cells import parse_number
from bpengine.data.csv.new_rows import Block
from bpengine.predictions import answers, network_outputs
from bptui.cli.formats import finite

AnswerCells = Sequence[float | str | None]
"""What follows the cells of a row: the probability of each class if it is asked for, and the answer."""


class AnswerWriter:
    """Turns rows into lines with answers.

    Args:
        kind: the format: csv, jsonl or text.
        trainer: the run.
        names: a name for each column of the rows.
        numbers: the indexes of the columns that jsonl writes as numbers.
        delimiter: what separates cells in csv.
        proba: whether to add the probability of each class.

    Attributes:
        rows: the number of rows so far.
        skipped: the number of rows without an answer among them.
        problem: why the first of these has none.

    Raises:
        DataError: the rows have a column with the name of an answer.
    """

    def __init__(
        self,
        kind: str,
        trainer: Trainer,
        names: Sequence[str],
        numbers: Collection[int],
        delimiter: str,
        *,
        proba: bool,
    ) -> None:
        self._kind, self._names, self._numbers, self._delimiter = kind, names, numbers, delimiter
        self._network, self._dataset, self._proba = trainer.network, trainer.dataset, proba
        self._answers = self._answer_names()
        self.rows = self.skipped = 0
        self.problem: DataError | None = None
        for name in self._answers:
            if name in names:
                raise DataError(f"has a column '{name}', as the answers are called: rename it")

    def _answer_names(self) -> list[str]:
        dataset = self._dataset
        target, outputs = dataset.target, dataset.targets.shape[1]
        if dataset.task == "classification":
            return [*(f"P({name})" for name in dataset.classes if self._proba), f"predicted {target}"]
        numbers = [f" {number}" for number in range(1, outputs + 1)] if outputs > 1 else [""]
        return [f"predicted {target}{number}" for number in numbers]

    def heading(self, header: Sequence[str]) -> str:
        """The line above the rows in csv; the other formats have none."""
        return self._csv([[*header, *self._answers]]) if self._kind == "csv" else ""

    def lines(self, block: Block, *, decimal_comma: bool = False) -> str:
        """The lines of some rows. Those with a problem have empty answers.

        Args:
            block: the rows.
            decimal_comma: whether numbers in csv have a decimal comma.
        """
        found, nothing = self._found(block), [None] * len(self._answers)
        rows = [nothing if number in block.problems else next(found) for number in range(len(block.cells))]
        self.rows += len(rows)
        self.skipped += len(block.problems)
        self.problem = self.problem or next(iter(block.problems.values()), None)
        pairs = zip(block.cells, rows, strict=True)
        match self._kind:
            case "text":
                return "".join(map(self._text, rows))
            case "jsonl":
                return "".join(self._object(*pair) for pair in pairs)
            case _:
                return self._csv(
                    [*cells, *(_cell(value, decimal_comma) for value in row)] for cells, row in pairs
                )

    def _found(self, block: Block) -> Iterator[AnswerCells]:
        """The answers of the rows without a problem."""
        if not len(block.inputs):
            return
        outputs = network_outputs(self._network, block.inputs)
        found = answers(self._dataset, outputs).reshape(len(outputs), -1).tolist()
        for numbers, row in zip(outputs.tolist(), found, strict=True):
            yield [*numbers, *row] if self._proba else row

    def _csv(self, rows: Iterable[Iterable[object]]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\n").writerows(rows)
        return text.getvalue()

    def _object(self, cells: Sequence[str], found: AnswerCells) -> str:
        passed = [self._value(cell, index) for index, cell in enumerate(cells)]
        content = dict(zip((*self._names, *self._answers), (*passed, *found), strict=True))
        return f"{json.dumps(finite(content), ensure_ascii=False)}\n"

    def _value(self, cell: str, index: int) -> float | str:
        """A cell of jsonl: a number in a column of numbers that the run has learned from."""
        value = parse_number(cell, decimal_comma=True) if index in self._numbers else None
        if value is None or math.isnan(value):  # NaN means a missing value
            return cell
        return int(cell) if cell.removeprefix("-").isdigit() else value

    def _text(self, found: AnswerCells) -> str:
        words = ["" if value is None else str(value) for value in found]
        if len(words) > 1:
            words = [f"{name}:{word}" for name, word in zip(self._answers, words, strict=True)]
        return f"{' '.join(words)}\n"


def _cell(value: float | str | None, decimal_comma: bool) -> object:
    """An answer as a cell of csv."""
    return str(value).replace(".", ",") if decimal_comma and isinstance(value, float) else value
