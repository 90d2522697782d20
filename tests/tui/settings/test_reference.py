"""The reference describes every setting, and the file in the docs is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bpengine import DATASETS, FIELDS
from bpengine.activations import ACTIVATIONS
from bpengine.initializers import INITIALIZERS
from bpengine.optimizers import OPTIMIZERS
from bpengine.schedules import SCHEDULES
from bptui.settings.options import OPTIONS
from bptui.settings.reference import COMMAND, reference

FILE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_docs_are_not_stale() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), f"to renew it: {COMMAND}"


def test_the_reference_has_every_setting_key_and_name() -> None:
    rows = {line.split("|")[1].strip(): line for line in reference().splitlines() if line.startswith("| `")}
    for field in FIELDS:
        row = next(line for line in reference().splitlines() if line.startswith(f"| `{field.name}` | `--"))
        for part in (field.flag, field.symbol, field.allowed, field.help):
            assert part in row
        assert ("| live |" in row) is not field.needs_restart
    for dataset in DATASETS.values():
        assert dataset.help in rows[f"`{dataset.name}`"]
    for option in OPTIONS:
        assert option.help in rows[f"`{option.name}`"]


def test_the_reference_has_the_formula_of_every_name() -> None:
    text = reference()
    for registry in (ACTIVATIONS, INITIALIZERS, OPTIMIZERS, SCHEDULES):
        for choice in registry.values():
            assert f"| `{choice.name}` | {choice.formula} | {choice.help} |" in text


def test_the_command_writes_the_reference() -> None:
    done = subprocess.run([sys.executable, "-m", "bptui.settings.reference"], capture_output=True, check=True)
    assert done.stdout.decode() == reference()
