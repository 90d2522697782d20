"""The engine imports only NumPy and the standard library, and does not use NumPy's global generator."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import bpengine

NEW_MODULES = """
import json, sys
import numpy.random  # and everything that it imports
before = set(sys.modules)
import bpengine
bpengine.Trainer(bpengine.TrainingConfig(epochs=1)).run_epoch()
by_training = set(sys.modules) - before
from bpengine import *  # and what is loaded when it is used
print(json.dumps([sorted(names) for names in (by_training, sys.modules, set(sys.modules) - before)]))
"""
LATE = {"bpengine.checkpoint", "bpengine.data.csv", "bpengine.explain.diagnostics", "bpengine.exports"}
"""What a training does without."""
EXPLICIT = {"RandomState", "Generator", "default_rng", "SeedSequence", "PCG64"}
SOURCES = sorted(Path(bpengine.__file__).parent.rglob("*.py"))


def test_the_engine_imports_only_numpy_and_the_standard_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEW_MODULES], check=True, capture_output=True, text=True, timeout=60
    )
    by_training, *names = map(set, json.loads(done.stdout))
    assert not by_training & LATE
    assert names[0] > LATE
    loaded, by_engine = ({name.partition(".")[0] for name in each} for each in names)
    assert not loaded & {"bptui", "textual", "rich", "plotext", "argparse", "numba"}
    assert by_engine - {"numpy"} - set(sys.stdlib_module_names) == {"bpengine", "bpwords"}


def test_every_public_name_is_listed_and_other_names_are_refused() -> None:
    assert set(bpengine.__all__) <= set(dir(bpengine))
    name = "saves"
    with pytest.raises(AttributeError, match="module 'bpengine' has no attribute 'saves'"):
        getattr(bpengine, name)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` as text, or an empty string for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def test_every_random_number_comes_from_an_explicit_generator() -> None:
    assert len(SOURCES) > 5
    texts = [text for path in SOURCES if "random" in (text := path.read_text(encoding="utf-8"))]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
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
