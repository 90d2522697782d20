"""Whether the tests notice random changes of the code: `python -m tests.mutants engine|tui COUNT [--seed N]`.

A mutant is a copy of the repository with one expression changed. `.coverage`, which `make coverage` writes,
says which tests reach the changed line. They run until one fails, those that reach the fewest files first; a
mutant with which none fails survives, and is printed. mutmut and cosmic-ray were looked at: they run one
command for every mutant, and the whole suite takes minutes.

pytest takes this module as a plugin (`-p tests.mutants`), which limits the processor time of the tests.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from coverage.numbits import nums_to_numbits, register_sqlite_functions

ROOT = Path(__file__).parents[1]
FOLDERS = {"engine": "engine/bpengine", "steer": "engine/bpsteer", "tui": "tui/bptui"}
PACKAGES = {name: ROOT / folder for name, folder in FOLDERS.items()}
OPERATORS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*",
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in", ast.And: "or", ast.Or: "and",
}  # fmt: skip
"""What each operator becomes."""

SIZE = "CREATE TEMP TABLE size AS SELECT context_id, COUNT(*) AS files FROM line_bits GROUP BY context_id"
REACH = """
    SELECT context FROM line_bits JOIN size USING (context_id)
    JOIN file ON file.id = file_id JOIN context ON context.id = context_id
    WHERE path = ? AND context != '' AND context NOT LIKE 'tests/test_benchmarks%'
    ORDER BY numbits_any_intersection(numbits, ?) DESC, files, context
"""
KERNEL_TESTS = (
    "tests/engine/test_kernels.py",
    "tests/engine/test_lanes.py",
    "tests/engine/test_one_arithmetic.py",
)
"""They run compiled code, in which no line is measured."""
LIMIT = "BPTUI_MUTANT_SECONDS"
TESTS = 200
"""How many test functions a mutant gets at most. Parameters are left out: a mutant may change their names."""


class Mutant(NamedTuple):
    """A change of one expression.

    Attributes:
        file: the file, relative to the repository.
        lines: from the first line of the expression's statement to the last one of the expression.
        before: the expression.
        after: what takes its place.
        text: the whole file with the change.
    """

    file: Path
    lines: range
    before: str
    after: str
    text: str


def mutants(file: Path) -> Iterator[Mutant]:
    """All changes of a file."""
    source = file.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node, first in _expressions(ast.parse(source), 1):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        after = _changed(node)
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        # Python 3.11 does not know where the expressions within an f-string are.
        if after is None or not _says(source[begin:end], node):
            continue
        text = (source[:begin] + f"({after})".encode() + source[end:]).decode()
        lines = range(first, node.end_lineno + 1)
        yield Mutant(file.relative_to(ROOT), lines, ast.unparse(node), after, text)


def _expressions(node: ast.AST, first: int) -> Iterator[tuple[ast.expr, int]]:
    """The expressions within a node, each with the first line of its statement.

    Decorators and annotations are left out: whether a dataclass is frozen, or what a checker of types reads.
    """
    for name, field in ast.iter_fields(node):
        if name not in ("decorator_list", "annotation", "returns"):
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from _expressions(child, child.lineno if isinstance(child, ast.stmt) else first)
    if isinstance(node, ast.expr):
        yield node, first


def _says(segment: bytes, node: ast.expr) -> bool:
    try:
        return ast.unparse(ast.parse(b"(" + segment + b")", mode="eval")) == ast.unparse(node)
    except SyntaxError:
        return False


def _changed(node: ast.expr) -> str | None:
    """What an expression becomes; None if it stays."""
    changed = None
    match node:
        case ast.BinOp(left, operator, right) | ast.Compare(left, [operator], [right]):
            if type(operator) in OPERATORS:
                changed = f"({ast.unparse(left)}) {OPERATORS[type(operator)]} ({ast.unparse(right)})"
        case ast.BoolOp(operator, values):
            changed = f" {OPERATORS[type(operator)]} ".join(f"({ast.unparse(value)})" for value in values)
        case ast.UnaryOp(ast.Not(), operand):
            changed = ast.unparse(operand)
        case ast.Constant(bool() as value):
            changed = str(not value)
        case ast.Constant(int() | float() as value):
            changed = repr(value + 1)
    return changed


class Reach:
    """Which tests reach which lines, as `make coverage` has measured it."""

    def __init__(self) -> None:
        self._measured = sqlite3.connect(ROOT / ".coverage")
        register_sqlite_functions(self._measured)
        self._measured.execute(SIZE)

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the changed lines, then those that run any line of the file.

        The latter notice what runs once, at import or behind a cache.
        """
        rows = self._measured.execute(REACH, (str(ROOT / mutant.file), nums_to_numbits(mutant.lines)))
        tests = dict.fromkeys(context.partition("|")[0].partition("[")[0] for (context,) in rows)
        return list(tests)[:TESTS]


def is_noticed(mutant: Mutant, tests: list[str], copy: Path) -> bool:
    """Whether a test fails in a copy of the repository with the change."""
    changed = copy / mutant.file
    changed.write_text(mutant.text, encoding="utf-8")
    path = os.pathsep.join(str(copy / folder) for folder in ("engine", "tui"))
    near = Path("tests", mutant.file.parts[0], *mutant.file.parts[2:-1])
    folder = next(folder for folder in (near, *near.parents) if (copy / folder).is_dir())
    options = ("-x", "-q", "-p", "tests.mutants", "-p", "no:cacheprovider", "--snapshot-warn-unused")
    chosen = (*KERNEL_TESTS, *tests) if "compiled" in mutant.file.parts else tests or [str(folder)]
    environment = {**os.environ, "PYTHONPATH": path}
    try:
        done = subprocess.run(
            (sys.executable, "-m", "pytest", *options, *chosen),
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        shutil.copy2(ROOT / mutant.file, changed)
    return done.returncode != 0


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """End well after the limit, and badly in a test of a minute: with some mutants, one never ends."""
    if time.process_time() > float(os.environ[LIMIT]):
        pytest.exit("the limit is reached", returncode=0)
    signal.setitimer(signal.ITIMER_PROF, 60)


def main() -> None:
    """Try the mutants, print those that survive and how many there were."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--seconds", default="30", help="processor time for the tests of a mutant (default: 30)"
    )
    options = parser.parse_args()
    os.environ[LIMIT] = options.seconds
    every = [mutant for file in sorted(PACKAGES[options.package].rglob("*.py")) for mutant in mutants(file)]
    chosen = random.Random(options.seed).sample(every, options.count)
    reach = Reach()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv*", ".git", "site", "dist"))
        survivors = 0
        for mutant in chosen:
            if not is_noticed(mutant, reach.tests(mutant), copy):
                survivors += 1
                print(f"{mutant.file}:{mutant.lines[-1]}: {mutant.before}  ->  {mutant.after}", flush=True)
    print(f"{options.count - survivors} of {options.count} mutants of {options.package} were noticed")


if __name__ == "__main__":
    main()
