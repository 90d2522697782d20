"""The engine loads NumPy and the standard library, and leaves NumPy's global generator alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import bpengine

NEW_MODULES = """
import json, sys
import numpy.random  # with whatever it needs itself
before = set(sys.modules)
import bpengine
bpengine.Trainer(bpengine.TrainingConfig(epochs=1)).run_epoch()
print(json.dumps([sorted(sys.modules), sorted(set(sys.modules) - before)]))
"""
EXPLICIT = {"RandomState", "Generator", "default_rng", "SeedSequence", "PCG64"}
SOURCES = sorted(Path(bpengine.__file__).parent.rglob("*.py"))


def test_loads_numpy_and_the_standard_library_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEW_MODULES], check=True, capture_output=True, text=True, timeout=60
    )
    loaded, by_engine = ({name.partition(".")[0] for name in names} for names in json.loads(done.stdout))
    assert not loaded & {"bptui", "textual", "rich", "plotext", "argparse", "numba"}
    assert by_engine - {"numpy"} - set(sys.stdlib_module_names) == {"bpengine"}


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text; empty for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def test_randomness_is_explicit() -> None:
    assert len(SOURCES) > 5
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    used = {
        name.rpartition(".")[2]
        for node in nodes
        if (name := dotted(node)).startswith(("np.random.", "numpy.random."))
    }
    assert "RandomState" in used
    assert used <= EXPLICIT
    imported = {
        name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module in {"random", "numpy.random"}
        for name in node.names
    }
    assert imported <= EXPLICIT
