"""The git hook that `make hooks` turns on: no commit with Python files that `make check` would refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = '"""A module."""\n'
UNFORMATTED = '"""A module."""\nx = {"a" : 1}\n'
UNUSED_IMPORT = '"""A module."""\n\nimport os\n'


class Repository:
    """A new repository with the project's hooks, ruff settings and virtual environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet")
        shutil.copytree(ROOT / ".githooks", folder / ".githooks")
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / ".gitignore").write_text(".venv\n")
        self.git("config", "core.hooksPath", ".githooks")
        (folder / ".venv").symlink_to(sys.prefix)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        person = {f"GIT_{role}_{key}": "x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return subprocess.run(
            ("git", *arguments),
            cwd=self.folder,
            env=clean | person | {"GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            text=True,
            check=False,
        )

    def stage(self, text: str) -> None:
        (self.folder / "a module.py").write_text(text)
        self.git("add", "--all")

    def commit(self) -> subprocess.CompletedProcess[str]:
        return self.git("commit", "--message", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_clean_files_are_committed(repository: Repository) -> None:
    repository.stage(GOOD)
    assert repository.commit().returncode == 0
    assert repository.git("log", "--format=%s").stdout == "x\n"


@pytest.mark.parametrize(("text", "told"), [(UNFORMATTED, '+x = {"a": 1}'), (UNUSED_IMPORT, "F401")])
def test_files_that_make_check_would_refuse_are_not_committed(
    repository: Repository, text: str, told: str
) -> None:
    repository.stage(text)
    refused = repository.commit()
    assert refused.returncode == 1
    assert told in refused.stderr
    assert "make format" in refused.stderr


def test_the_hook_checks_staged_files_and_not_the_working_tree(repository: Repository) -> None:
    repository.stage(UNFORMATTED)
    (repository.folder / "a module.py").write_text(GOOD)
    assert repository.commit().returncode == 1
    repository.stage(GOOD)
    (repository.folder / "a module.py").write_text(UNFORMATTED)
    assert repository.commit().returncode == 0


def test_without_a_virtual_environment_the_hook_says_what_to_do(repository: Repository) -> None:
    (repository.folder / ".venv").unlink()
    repository.stage(GOOD)
    refused = repository.commit()
    assert refused.returncode == 1
    assert "make hooks" in refused.stderr
