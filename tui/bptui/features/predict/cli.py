"""Answer new rows with a run: with values in the units of the data, or names of classes.

usage: bptui predict RUN [ROWS.csv|-|VALUE...] [--output FILE] [--starts N] [--proba] [--format F]

examples:
  bptui predict houses.bptui new.csv                    print the rows with their answers
  bptui predict houses.bptui new.csv --output answers.csv
  cut -d, -f2- new.csv | bptui predict houses.bptui     rows from a pipe
  bptui predict run.bptui 0.3                           values on the command line, one for each input
  bptui predict spiral.bptui 0.3 -1.2 --proba           with the probability of each class
  bptui predict spiral.bptui 0.3 -1.2 --starts 16       the mean of 16 starts, as one network

A file of rows is CSV as for --data (see docs/data.md): it needs the columns that the run has learned from,
by name and in any order, and may have others, which are passed on. It may have any length. The answers
come as the last column. If a cell can't be used, nothing is written to --output.

Exit status: 0 done, 1 diverged or rows skipped, 2 bad use or a bad row, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from bpengine import DataError, Dataset, DivergedError, Network, Trainer
from bpengine.data.csv.new_rows import Block, NewRows
from bpengine.data.raw_columns import parse_number
from bpengine.files import why_unreadable
from bpengine.training.predictions import answers, network_outputs
from bpengine.training.run import RunState
from bptui.cli import DONE
from bptui.cli.file_checks import check_files, errors_naming, write_output
from bptui.cli.flags import add_flags
from bptui.cli.formats import csv_line, finite, format_of
from bptui.cli.parsing import BadUseError, Parser, add_choice, add_file, add_number, add_switch, make_parser
from bptui.cli.progress import progress
from bptui.cli.which_run import add_run, run_named
from bptui.process.preparation import end_gc_pause
from bptui.process.signals import handled_signals, raise_exit
from bptui.process.streams import STDIN_NAME, piped_stdin, print_error
from bptui.settings.options import LANGUAGE, STDIN
from bpwords import Sentence, printable_path, word

SKIPPED = 1
"""The exit status if rows were left without an answer."""
_MEGABYTE = 1_000_000
MAX_STARTS = 1000


def parser() -> Parser:
    """Make the parser of `bptui predict`."""
    made = make_parser(__doc__)
    add_run(made)
    add_flags(made, (LANGUAGE,))
    made.add_argument(
        "rows",
        nargs="*",
        default=[],
        metavar="ROWS",
        help="a CSV file, - for standard input (the default), or a value for each input",
    )
    group = made.add_argument_group("output")
    add_file(group, "--output", "write to a file instead of stdout, completely or not at all")
    text = "answer with the mean of so many starts, trained now with the settings and data of the run"
    add_number(group, "--starts", f"{text}: from its own seed on; nothing of them is stored", 2, MAX_STARTS)
    add_switch(group, "--proba", "the probability of each class before the answer")
    kinds = "csv, jsonl (one JSON object per row) or text (the answers alone)"
    default = "by the ending of --output, else csv for a file and text for values"
    add_choice(group, "--format", ("csv", "jsonl", "text"), f"{kinds} (default: {default})")
    add_switch(group, "--skip-bad", "leave the answer of a row that can't be used empty")
    return made


def run(options: argparse.Namespace) -> int:
    """Answer the rows; return the exit status."""
    run = run_named(options.run, "RUN", options.state)
    trainer = Trainer.continuing(run, kernel="numpy")
    if trainer.divergence is not None and options.starts is None:
        raise trainer.divergence
    if options.proba and trainer.config.task != "classification":
        raise BadUseError(f"argument --proba: {word('only a classification has classes')}")
    words: list[str] = options.rows or [STDIN]
    is_file = len(words) == 1 and parse_number(words[0], decimal_comma=True) is None
    if options.output is not None:
        rows = words[0] if is_file and words[0] != STDIN else None
        check_files({"RUN": options.run, "ROWS": rows}, {"--output": options.output})
    end_gc_pause()
    networks = [trainer.network]
    if options.starts is not None:
        with handled_signals(raise_exit):
            networks = _trained(run, options.starts, options.prog)
    with errors_naming("argument ROWS"), handled_signals(raise_exit):
        if is_file:
            return _answer_file(options, trainer, networks, words[0])
        return _answer(options, trainer, networks, _TypedRow(trainer.dataset, words), "text")


class _TypedRow:
    """The row of values on the command line.

    Raises:
        DataError: a value can't be used.
    """

    delimiter, has_comma, note = ",", False, ""

    def __init__(self, dataset: Dataset, words: list[str]) -> None:
        from bpengine.training.predictions import typed_inputs

        columns = dataset.raw_columns
        self._words, self._inputs = words, typed_inputs(dataset, words)[1]
        self.header = self.names = [column.name for column in columns]
        self.numbers = [index for index, column in enumerate(columns) if column.kind == "number"]

    def __iter__(self) -> Iterator[Block]:
        yield Block([self._words], self._inputs, {})


def _trained(run: RunState, starts: int, prog: str) -> list[Network]:
    """Train starts with the settings and data of a run, and the seeds from its own on, to its epoch.

    Raises:
        DivergedError: all of them diverged.
    """
    networks: list[Network] = []
    epochs, problem = run.epochs_done + (run.divergence is not None), run.divergence
    with progress(starts, shown=True, unit=word("start")) as show:
        for number in range(starts):
            seed = (run.config.seed + number) % 2**32
            trainer = Trainer(run.config.replace(seed=seed), run.source)
            try:
                trainer.run_for(math.inf, max_samples=trainer.samples_to(epochs))
                networks.append(trainer.network)
            except DivergedError as error:
                problem = error
            show(number + 1)
    if problem is not None and not networks:
        raise problem
    if len(networks) < starts:
        left_out = Sentence("left out of the mean, since diverged: {n} of {starts} starts")
        print_error(f"{prog}: {left_out(n=starts - len(networks), starts=starts)}")
    return networks


def _answer_file(
    options: argparse.Namespace, trainer: Trainer, networks: Sequence[Network], name: str
) -> int:
    """Answer the rows of a file or of standard input."""
    shown = word(STDIN_NAME) if name == STDIN else printable_path(name)
    with _opened(name, shown) as file:
        status = os.fstat(file.fileno())
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        is_shown = options.output is not None or not sys.stdout.isatty()
        total, unit = (size // _MEGABYTE, "MB") if size else (None, word("row", "axis"))
        with progress(total, shown=is_shown, unit=unit) as show:
            rows = NewRows(file, shown, trainer.dataset, in_order=trainer.source is None)

            def update(done: int) -> None:
                show(file.tell() // _MEGABYTE if size else done)

            return _answer(options, trainer, networks, rows, "csv", update)


def _answer(
    options: argparse.Namespace,
    trainer: Trainer,
    networks: Sequence[Network],
    rows: NewRows | _TypedRow,
    otherwise: str,
    show: Callable[[int], object] = lambda _done: None,
) -> int:
    """Write the rows with their answers; return the exit status.

    Args:
        options: the parsed flags.
        trainer: the run.
        networks: see `AnswerWriter`.
        rows: the rows.
        otherwise: the format if no flag names one.
        show: is called with the number of rows so far.
    """
    kind = format_of(options.output, options.format, otherwise)
    writer = AnswerWriter(
        kind, trainer.dataset, networks, rows.names, rows.numbers, rows.delimiter, proba=options.proba
    )

    def write(file: IO[str]) -> None:
        heading = "" if rows.header is None else writer.heading(rows.header)
        for block in rows:
            if block.problems and not options.skip_bad:
                raise next(iter(block.problems.values()))
            file.write(heading + writer.lines(block, decimal_comma=rows.has_comma))
            heading = ""
            show(writer.rows)
        file.write(heading)

    _write(options.output, write)
    if rows.note:
        print_error(f"{options.prog}: {rows.note}")
    if not writer.skipped:
        return DONE
    skipped = Sentence("{n} of {rows} rows have no answer; the first: {problem}")
    said = skipped(n=f"{writer.skipped:,}", rows=f"{writer.rows:,}", problem=writer.problem)
    print_error(f"{options.prog}: {said}")
    return SKIPPED


def _write(output: Path | None, write: Callable[[IO[str]], None]) -> None:
    """Write text to --output, completely or not at all, or to standard output."""
    if output is None:
        write(sys.stdout)
        return

    def write_encoded(file: IO[bytes]) -> None:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        write(text)
        text.detach()

    write_output(output, write_encoded)


@contextlib.contextmanager
def _opened(name: str, shown: str) -> Iterator[io.BufferedReader]:
    """Open the rows.

    Raises:
        DataError: they can't be read.
    """
    if name == STDIN:
        yield piped_stdin()
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise DataError(f"{shown}: {why_unreadable(error)}") from None
    except ValueError:
        raise DataError(f"{shown}: {word('is not a possible file name')}") from None
    with file:
        yield file


AnswerCells = Sequence[float | str | None]
"""What follows the cells of a row: the probability of each class if it is asked for, and the answer."""


class AnswerWriter:
    """Turns rows into lines with answers.

    Args:
        kind: the format: csv, jsonl or text.
        dataset: the data that was learned.
        networks: whose answers are averaged.
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
        dataset: Dataset,
        networks: Sequence[Network],
        names: Sequence[str],
        numbers: Collection[int],
        delimiter: str,
        *,
        proba: bool,
    ) -> None:
        self._kind, self._names, self._numbers, self._delimiter = kind, names, numbers, delimiter
        self._networks, self._dataset, self._proba = networks, dataset, proba
        self._answers = self._answer_names()
        self.rows = self.skipped = 0
        self.problem: DataError | None = None
        for name in self._answers:
            if name in names:
                has = Sentence("has a column '{name}', as the answers are called: rename it")
                raise DataError(has(name=name))

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
        answered, nothing = self._found(block), [None] * len(self._answers)
        rows = [nothing if number in block.problems else next(answered) for number in range(len(block.cells))]
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
        outputs = network_outputs(self._networks[0], block.inputs)
        for network in self._networks[1:]:
            outputs = outputs + network_outputs(network, block.inputs)
        outputs = outputs / len(self._networks)
        answers_of_rows = answers(self._dataset, outputs).reshape(len(outputs), -1).tolist()
        for numbers, row in zip(outputs.tolist(), answers_of_rows, strict=True):
            yield [*numbers, *row] if self._proba else row

    def _csv(self, rows: Iterable[Iterable[object]]) -> str:
        return "".join(f"{csv_line(row, self._delimiter)}\n" for row in rows)

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
        texts = ["" if value is None else str(value) for value in found]
        if len(texts) > 1:
            texts = [f"{name}:{text}" for name, text in zip(self._answers, texts, strict=True)]
        return f"{' '.join(texts)}\n"


def _cell(value: float | str | None, decimal_comma: bool) -> object:
    """An answer as a cell of csv."""
    return str(value).replace(".", ",") if decimal_comma and isinstance(value, float) else value
