"""The examples of the documentation train, can be steered, and repeat what was changed bit for bit."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bptui.steering.client import Client
from bptui.steering.runs import find
from tests.tui.support.steered import socket_of
from tests.tui.support.terminal import DEADLINE

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = DOCS / "examples"
PAGE = re.findall(
    r"```python\n(.*?)```\s+prints\s+```text\n(.*?)```", (DOCS / "steering.md").read_text("utf-8"), re.S
)
PACKAGES = {"scikit_learn": "sklearn", "pytorch": "torch"}
ORIGINAL_ERRORS = {"regression": {0: 0.2609, 200: 0.0087}, "classification": {0: 0.7304, 10: 0.3144}}
"""What the original programs print."""
RUNS = {"regression": "sine", "classification": "grid", "scikit_learn": "digits", "pytorch": "spirals"}


@contextlib.contextmanager
def example(
    name: str, folder: Path, steps: int, *arguments: str, paused: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A process that runs an example for less long."""
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    text, found = re.subn(r"^(epochs|steps) = \d+$", rf"\1 = {steps}", text, flags=re.MULTILINE)
    assert found == 1
    if paused:
        assert "replay=record" in text
        text = text.replace("replay=record", "paused=True, state_steps=5")
        text = text.replace(" as run:", " as run:\n    print('begun', flush=True)")
    script = folder / f"{name}_example.py"
    script.write_text(text, encoding="utf-8")
    with subprocess.Popen(
        (sys.executable, str(script), *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)


def losses(record: Path) -> dict[int, object]:
    """The numbers of each step, those of the last branch that trained it."""
    entries = map(json.loads, record.read_text(encoding="utf-8").splitlines())
    return {entry["step"]: entry["values"] for entry in entries if entry["event"] == "report"}


def ask(run: str, verb: str, **fields: object) -> None:
    with Client(socket_of(run)) as client:
        assert client.ask(verb, DEADLINE, **fields).succeeded


@pytest.mark.parametrize("name", RUNS)
def test_a_steered_run_and_its_replay_are_the_same_to_the_bit(name: str, tmp_path: Path) -> None:
    if name in PACKAGES and importlib.util.find_spec(PACKAGES[name]) is None:
        pytest.skip(f"{PACKAGES[name]} is not installed")
    run = RUNS[name]
    with example(name, tmp_path, 14, paused=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"  # frameworks take their time to load
        ask(run, "step", count=3)
        ask(run, "set", name="learning rate", value=0.05)
        ask(run, "step", count=3)
        ask(run, "set", name="learning rate", value=0.4)  # on a branch that is left
        ask(run, "step", count=3)
        ask(run, "back", step=5)
        ask(run, "set", name="learning rate", value=0.2)
        record = Path(find(run).status.record)
        ask(run, "run")
        _, errors = process.communicate(timeout=4 * DEADLINE)
        assert (process.returncode, errors) == (0, "")
    with example(name, tmp_path, 14, str(record)) as process:
        _, errors = process.communicate(timeout=4 * DEADLINE)
        assert (process.returncode, errors) == (0, "")
    steered, repeated = losses(record), losses(Path(find(run).status.record))
    assert steered
    assert steered == repeated


def test_the_examples_of_the_page_print_what_it_says() -> None:
    assert len(PAGE) == 3
    for code, output in PAGE:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, {"__name__": "example"})
        assert printed.getvalue() == output


@pytest.mark.parametrize("name", ORIGINAL_ERRORS)
def test_an_original_program_prints_what_it_always_printed(name: str, tmp_path: Path) -> None:
    errors = ORIGINAL_ERRORS[name]
    with example(name, tmp_path, max(errors) + 1) as process:
        out, _ = process.communicate(timeout=4 * DEADLINE)
    printed = re.findall(r"Epoch:(\d+)/\d+ Error:(\S+)", out)
    assert {int(epoch): float(error) for epoch, error in printed} == errors


@pytest.mark.parametrize("name", ORIGINAL_ERRORS)
def test_a_handful_of_lines_of_an_original_program_is_marked(name: str) -> None:
    lines = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()
    marked = [line for line in lines if "###" in line]
    assert len(marked) <= 12
    assert all("###" in line for line in lines if re.search(r"\b(steer|run)\.", line))
