"""What every test of the screen needs: an environment that changes no drawing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpengine.many.advice import TriedChange, changes_worth_trying
from bptui.commands import spell_arrows
from bptui.commands.naming import on_screen
from bpwords import speak, use

speak(on_screen)  # for snapshots that are made while tests are collected


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Textual draws differently under these, commands speak the locale's language, and tests read English."""
    locale = ("LC_ALL", "LC_MESSAGES", "LANG")
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES", *locale):
        monkeypatch.delenv(name, raising=False)
    spell_arrows(on=False)  # which an earlier app in ASCII turned on
    speak(on_screen)  # since an earlier test may have been a dialogue
    yield
    use({})


@pytest.fixture(autouse=True)
def runtime_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for the sockets of each test; the paths of pytest's are too long for sockets."""
    with tempfile.TemporaryDirectory(prefix="bptui-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def few_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a fifth of the changes: an experiment with NumPy trains hundreds of runs."""

    def some_changes(*arguments: Any, **options: Any) -> tuple[TriedChange, ...]:
        return changes_worth_trying(*arguments, **options)[2::5]  # with one of the hidden units

    monkeypatch.setattr("bpengine.many.advice.experiment.changes_worth_trying", some_changes)
