"""The hooks that `make hooks` turns on: no commit with Python files that `make check` would refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = '"""A module."""\n'


def commit(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Commit a Python file of this text in a new repository that has the hooks."""
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".gitignore").write_text(".venv\n")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "a module.py").write_text(text)
    person = {f"GIT_{role}_{key}": "x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    home = {"GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_HOME": str(folder / ".git" / "home")}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=clean | person | home, capture_output=True, text=True, check=False
        )

    run("git", "init", "--quiet")
    run("git", "add", "--all")
    run(sys.executable, "-m", "pre_commit", "install")
    return run("git", "commit", "--message", "x")


@pytest.mark.parametrize(
    ("text", "status"), [(GOOD, 0), (GOOD + 'x = {"a" : 1}\n', 1), (GOOD + "\nimport os\n", 1)]
)
def test_only_files_that_make_check_takes_are_committed(text: str, status: int, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    done = commit(tmp_path, text)
    assert done.returncode == status, done.stdout + done.stderr
