"""The files of a release, each installed into empty environments away from the repository: `make test-dist`.

The suite does not collect this file, whose name does not begin with test_: it downloads packages for minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bptui import __version__
from tests.tui.support.running import call
from tests.tui.support.terminal import Terminal, wait_for_training

DIST = Path(__file__).parents[2] / "dist"
FILES = {
    "wheel": DIST / f"bptui-{__version__}-py3-none-any.whl",
    "sdist": DIST / f"bptui-{__version__}.tar.gz",
}
UV = (sys.executable, "-m", "uv", "--no-config", "--quiet")
KEPT = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
RUNS = {
    "regression": ("--epochs", "401"),
    "classification": ("--dataset", "spiral", "--hidden", "8", "--epochs", "41", "--interval", "20"),
}


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that has bptui and what it needs, and a folder to work in."""

    folder: Path
    fast: bool

    @property
    def work(self) -> Path:
        """The folder in which programs run."""
        return self.folder / "work"

    def program(self, name: str) -> str:
        """The path of a program of the environment."""
        return str(self.folder / "venv" / "bin" / name)

    def run(self, *command: str) -> str:
        """Run a program of the environment and return what it printed.

        Raises:
            AssertionError: it failed.
        """
        name, *arguments = command
        done = subprocess.run(
            (self.program(name), *arguments),
            cwd=self.work,
            env={"PATH": os.environ["PATH"], "HOME": str(self.work), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
        return done.stdout


@pytest.fixture(scope="module", params=("", "fast"), ids=("plain", "fast"))
def extra(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=("3.11", "3.13"))
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=FILES)
def installed(
    request: pytest.FixtureRequest, python: str, extra: str, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    folder = tmp_path_factory.mktemp("away")
    made = Environment(folder, fast=extra == "fast")
    made.work.mkdir()
    uv(folder, "venv", "--no-project", "--python", python, "venv")
    file = FILES[request.param]
    uv(
        folder,
        "pip",
        "install",
        "--python",
        made.program("python"),
        f"{file}[{extra}]" if extra else str(file),
    )
    return made


def uv(folder: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **KEPT}
    subprocess.run((*UV, *arguments), cwd=folder, env=environment, check=True)


def test_the_wheel_installs_only_what_it_needs(installed: Environment) -> None:
    assert installed.run("bptui", "--version") == f"bptui {__version__}\n"
    script = (
        "import bpengine, bptui, importlib.util as util, sys;"
        "print(all(each.__file__.startswith(sys.prefix) for each in (bpengine, bptui)),"
        "*(name for name in ('numba', 'pytest', 'hatchling', 'tests') if util.find_spec(name)))"
    )
    expected = "True numba\n" if installed.fast else "True\n"
    assert installed.run("python", "-I", "-c", script) == expected


@pytest.mark.parametrize("task", RUNS)
def test_the_installed_wheel_trains_to_the_same_numbers_as_here_and_predicts(
    installed: Environment, task: str
) -> None:
    kernel = ("--kernel", "numba" if installed.fast else "numpy")
    train = ("train", task, *RUNS[task], "--format", "csv")
    here = call(*train)
    assert installed.run("bptui", *train, *kernel, "--save", "run.bptui") == here.out
    assert "bit for bit the same" in installed.run("bptui", "verify", "run.bptui")
    inputs = ("0.3",) if task == "regression" else ("0.3", "0.7")
    installed.run("bptui", "export", "run.bptui", "--to", "numpy", "--output", f"{task}.py")
    assert installed.run("python", "-I", f"{task}.py")
    assert installed.run("bptui", "predict", "run.bptui", *inputs).strip()


def test_the_screen_opens_and_trains(installed: Environment) -> None:
    with Terminal(
        "sh", "-c", 'cd "$1" && exec "$2"', "sh", str(installed.work), installed.program("bptui")
    ) as terminal:
        wait_for_training(terminal)
        terminal.send("2")
        wait_for_training(terminal)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.left_on()


def test_the_installed_wheel_prints_completion(installed: Environment) -> None:
    assert "bptui" in installed.run("bptui", "completion", "bash")


def test_a_lesson_is_checked(installed: Environment) -> None:
    installed.run("bptui", "lessons", "check", "one-step")
