"""The reference describes every setting, and the file in the docs is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bpengine import DATASETS, FIELDS
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES
from bptui.settings.options import OPTIONS

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "settings.md").read_text(encoding="utf-8")


def test_the_page_is_not_stale() -> None:
    done = subprocess.run([sys.executable, DOCS / "settings_page.py"], capture_output=True, check=True)
    assert done.stdout.decode() == TEXT, "to renew it: python docs/settings_page.py > docs/settings.md"


def test_the_reference_has_every_setting_key_and_name() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    for field in FIELDS:
        row = next(row for row in rows if row.startswith(f"| `{field.name}` | `--"))
        for part in (field.flag, field.symbol, field.allowed, field.help):
            assert part in row
        assert ("| live |" in row) is not field.needs_restart
    helps = [(each.name, each.help) for each in DATASETS.values()]
    for name, help in (*helps, *((each.name, each.help) for each in OPTIONS)):
        assert any(row.startswith(f"| `{name}` | ") and help in row for row in rows)


def test_the_reference_has_the_formula_of_every_name() -> None:
    for registry in (ACTIVATIONS, INITIALIZERS, OPTIMIZERS, SCHEDULES):
        for choice in registry.values():
            assert f"| `{choice.name}` | {choice.formula} | {choice.help} |" in TEXT
