"""Files of others that were made to do harm: each is refused in one line, in little time and memory."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.checkpoint import container
from bpengine.checkpoint.codec import encode
from bpengine.checkpoint.container import DamagedError
from bpengine.checkpoint.runs import SavedHistory, encode_runs
from bpengine.training.history import History
from bptui.lessons.progress import KIND as HAND_IN
from tests.engine.checkpoints import content, files, forged, members_of, run_in, sealed
from tests.tui.support.running import SUMMARY

SECONDS, MEGABYTES = 4.0, 300
"""The limits. Two seconds of processor time are promised, which are more where others compute, too."""
MEASURED = r"""
import pathlib, re, resource, sys
from bptui.__main__ import main
try:
    sys.exit(main())
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    megabytes = used.ru_maxrss / 2**20
    if sys.platform == "linux":  # there, ru_maxrss is at least that of the process that has started this one
        peak = re.search(r"VmHWM:\s*([0-9]+)", pathlib.Path("/proc/self/status").read_text())
        megabytes = int(peak[1]) / 2**10
    print(used.ru_utime + used.ru_stime, megabytes)
"""

Forger = Callable[[Path], bytes | None]
"""Returns the content of a file, or writes it at this path."""


def complaint(*arguments: str | Path) -> str:
    """What the command says to a file: at most one line on stderr. It must not take long, or much memory."""
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    *said, used = done.stdout.splitlines()
    seconds, megabytes = map(float, used.split())
    assert seconds < SECONDS, done
    assert megabytes < MEGABYTES, done
    assert done.returncode in (0, 1, 2), done
    told = SUMMARY.sub("", done.stderr)
    assert len(told.splitlines()) <= 1, done
    assert len(told) < 400, done
    return "\n".join([*said, told])


def header(change: Callable[[Any], object]) -> bytes:
    """A checkpoint with a changed run, of which the header has whatever JSON allows."""
    members = members_of(files()["fresh"])
    whole = json.loads(members["header.json"])
    change(whole["content"]["runs"]["run"])
    return forged((members | {"header.json": json.dumps(whole).encode()}).items())


def many_epochs(_path: Path) -> bytes:
    value, run = run_in("fresh")
    run |= {"epochs_done": 10**8, "updates": 5 * 10**8}
    history = {"epoch": np.array([0, 0, 10**8 - 1]), "epochs": np.full(3, 50), "error": np.full(3, 0.1)}
    run["history"] |= {"counts": [1, 0, 1, 1], **history}
    return sealed(value)


def many_lists(_path: Path) -> bytes:
    text = b'{"format": "bpengine checkpoint", "number": 1, "about": {}, "content": ['
    return forged([("header.json", text + b"[]," * 3_000_000 + b"0]}")])


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(files()["fresh"][:200])
        file.truncate(container.MAX_BYTES)


TANGENTS = ["tan(" * count + "x" + ")" * count for count in range(35, 40)]
CHECKPOINTS: dict[str, tuple[Forger, str]] = {
    "a whole number above the floats": (
        lambda _: header(lambda run: run["generator"].update(gauss=10**400)),
        "the header has a huge number",
    ),
    "100,000 features": (
        lambda _: header(lambda run: run["config"].update(features=[f"x+{each}" for each in range(10**5)])),
        "runs.run.config is not possible: features: must be at most 1,000, got 100,000",
    ),
    "200,000 changes": (
        lambda _: header(lambda run: run.update(changes=[[0, 0, {"l2": 0.1}]] * 200_000)),
        "the header has too many values",
    ),
    "1,001 changes": (
        lambda _: header(lambda run: run.update(changes=[[0, 0, {"l2": 0.1}]] * 1001)),
        "runs.run.changes are more than 1,000",
    ),
    "features that take 10 seconds": (
        lambda _: header(lambda run: run["config"].update(samples=100_000, features=TANGENTS)),
        "runs have samples that together take too long to make",
    ),
    "100 million epochs": (many_epochs, "runs.run.history does not have evenly spaced epochs"),
    "3 million lists": (many_lists, "the header has too many values"),
    "a hole of 100 MB": (sparse, "the checksum does not fit"),
}


@pytest.mark.parametrize("kind", CHECKPOINTS)
def test_a_forged_checkpoint_is_refused(kind: str, tmp_path: Path) -> None:
    forger, reason = CHECKPOINTS[kind]
    path = tmp_path / "forged"
    if (data := forger(path)) is not None:
        path.write_bytes(data)
    assert f"is damaged: {reason}" in complaint("verify", path)


def test_a_forged_answer_is_refused_by_the_grading(tmp_path: Path) -> None:
    members = members_of(container.packed(HAND_IN, {"answers": 77, **content("fresh")}))
    text = members["header.json"].replace(b"77", b"[[1, 1" + b"0" * 400 + b"]]")
    (tmp_path / "forged").write_bytes(forged((members | {"header.json": text}).items()))
    assert "is damaged: the header has a huge number" in complaint("lessons", "grade", tmp_path / "forged")


def test_many_runs_with_other_samples_each_are_refused_together(tmp_path: Path) -> None:
    one = Trainer(TrainingConfig(samples=100_000, test_share=0.9)).run_state()
    runs = {str(number): replace(one, config=one.config.replace(data_seed=number)) for number in range(60)}
    with pytest.raises(DamagedError, match="have samples that together take too long to make"):
        encode_runs(runs)
    content = encode_runs({"0": one})
    for name in runs:
        content["runs"][name] = copy.deepcopy(content["runs"]["0"])
        content["runs"][name]["config"]["data_seed"] = int(name)
    progress = {"lesson": "any", "version": "", "answers": [], "step": 0}
    (tmp_path / "forged").write_bytes(container.packed(HAND_IN, {"progress": progress, **content}))
    said = complaint("lessons", "grade", tmp_path / "forged")
    assert "is damaged: runs have samples that together take too long to make" in said


LESSON = """format = 1
id = "mine"
minutes = 1
title.en = "Mine"
[[steps]]
kind = "predict"
text.en = "How much?"
answer = """


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LESSON + "9" * 5000, "has a huge number"),
        (LESSON + "0x" + "f" * 100_000, "has a huge number"),
        (
            LESSON + f"1\nset.features = {[f'x+{each}' for each in range(20_000)]}",
            "features: must be at most",
        ),
        (LESSON + "1\n" + "a." * 100_000 + "b = 1", "is nested too deeply"),
        (LESSON + "1\n" + "#" * 300_000, "is too large: the limit is 250 kB"),
    ],
    ids=range(5),
)
def test_a_forged_lesson_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "forged.toml").write_text(text)
    assert reason in complaint("lessons", "--lessons", tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"features = {[f'x+{each}' for each in range(20_000)]}", "features: must be at most 1,000"),
        ("seed." + "a." * 900 + "b = 1", "is nested too deeply"),
    ],
    ids=range(2),
)
def test_a_forged_settings_file_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "forged.toml").write_text(text)
    assert reason in complaint("config", "show", "--config", tmp_path / "forged.toml")


def test_a_forged_record_of_a_steered_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run-1.jsonl"
    start = '{"event": "start", "version": 1, "name": "run", "settings": []}\n'
    report = '{"event": "report", "step": 1, "branch": 0, "values": {"loss": 0.5}}\n'
    path.write_text(start + 600_000 * report)
    assert "is not a file of at most 12 MB" in complaint("attach", path, "status")
    path.write_text(start + 130_000 * report)
    assert "is too long: a record has at most 120,000 lines" in complaint("attach", path, "status")
    path.write_text(start + 110_000 * report)
    assert "loss: 0.5" in complaint("attach", path, "status")


def test_a_run_of_a_million_epochs_is_taken(tmp_path: Path) -> None:
    epochs, samples, piece = 10**6, 5, 10**4
    history = History()
    for first in range(0, epochs, piece):
        history.extend(first, epochs, [1 / (first + 1)] * piece, None, interval=7)
    value, run = run_in("fresh")
    run["config"]["epochs"] = epochs
    run |= {"epochs_done": epochs, "updates": epochs * samples, "history": encode(SavedHistory.of(history))}
    (tmp_path / "run").write_bytes(sealed(value))
    assert "nothing to do: all epochs completed" in complaint("train", "--resume", tmp_path / "run")
