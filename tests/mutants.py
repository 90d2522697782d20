"""Whether the tests notice random changes of the code: `python -m tests.mutants engine|tui COUNT [--seed N]`.

Each mutant is a copy of the repository with one expression changed. The tests of the changed module's folder
run first, then, if they pass, the whole suite; a mutant that passes both survives, and is printed. mutmut and
cosmic-ray were looked at: they run one command for every mutant, and the whole suite takes minutes.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGES = {"engine": ROOT / "engine" / "bpengine", "tui": ROOT / "tui" / "bptui"}
OPERATORS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*",
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in", ast.And: "or", ast.Or: "and",
}  # fmt: skip
"""What each operator becomes."""


class Mutant(NamedTuple):
    """A change of one expression.

    Attributes:
        file: the file, relative to the repository.
        line: its line, counted from 1.
        before: the expression.
        after: what takes its place.
        text: the whole file with the change.
    """

    file: Path
    line: int
    before: str
    after: str
    text: str


def mutants(file: Path) -> Iterator[Mutant]:
    """All changes of a file."""
    source = file.read_text(encoding="utf-8")
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(source)):
        if (after := _changed(node)) is None or not isinstance(node, ast.expr):
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin, end = (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )
        text = (source.encode()[:begin] + f"({after})".encode() + source.encode()[end:]).decode()
        yield Mutant(file.relative_to(ROOT), node.lineno, ast.unparse(node), after, text)


def _changed(node: ast.AST) -> str | None:
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


def is_noticed(mutant: Mutant, copy: Path) -> bool:
    """Whether a test fails in a copy of the repository with the change."""
    changed = copy / mutant.file
    before = changed.read_text(encoding="utf-8")
    changed.write_text(mutant.text, encoding="utf-8")
    try:
        near = copy / "tests" / mutant.file.parts[0] / Path(*mutant.file.parts[2:-1])
        return any(_fails(folder, copy) for folder in (near, copy / "tests") if folder.is_dir())
    finally:
        changed.write_text(before, encoding="utf-8")


def _fails(folder: Path, copy: Path) -> bool:
    path = (
        f"import sys; sys.path[:0] = ['{copy}/engine', '{copy}/tui']; import pytest; sys.exit(pytest.main())"
    )
    command = (sys.executable, "-c", path, "-x", "-q", "-n", "2", str(folder))
    try:
        return (
            subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=900).returncode != 0
        )
    except subprocess.TimeoutExpired:
        return True


def main() -> None:
    """Try the mutants, print those that survive and how many there were."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    every = [mutant for file in sorted(PACKAGES[options.package].rglob("*.py")) for mutant in mutants(file)]
    chosen = random.Random(options.seed).sample(every, options.count)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv*", ".git", "site", "dist"))
        survivors = 0
        for mutant in chosen:
            if not is_noticed(mutant, copy):
                survivors += 1
                print(f"{mutant.file}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
    print(f"{options.count - survivors} of {options.count} mutants of {options.package} were noticed")


if __name__ == "__main__":
    main()
