"""Which run is meant: every command finds a kept run by the same words, and refuses them in the same way."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from bpengine.checkpoint import write
from bptui.session.autosave.paths import RUNS
from bptui.session.autosave.runs_folder import KeptFolder
from bptui.session.autosave.state_file import encode_state, worth_keeping
from tests.tui.support.running import Done, call
from tests.tui.support.sessions import make_session

COMMANDS = {
    "predict {run} 3": "RUN",
    "export {run} --to json --output kept.json": "RUN",
    "verify {run}": "RUN",
    "train --resume {run}": "--resume",
    "trace --resume {run}": "--resume",
    "config show --resume {run}": "--resume",
    "snapshot --resume {run} --at 2 --output kept.txt": "--resume",
    "--plain --resume {run}": "--resume",
}
"""Commands on a run, with the argument that names it."""


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a kept run after two epochs, in a folder of states; a copy of the run is `run.bptui`."""
    monkeypatch.chdir(tmp_path)
    session = make_session(learning_rate=0.5, epochs=3)
    session.advance_to(1)
    state = worth_keeping({"regression": session.kept}, "regression", {})
    assert state is not None
    write(session.run, "run.bptui")
    return KeptFolder(tmp_path / "state" / RUNS).write(state.summaries(), encode_state(state))


def answered(command: str, run: str) -> Done:
    return call(*shlex.split(command.format(run=run)), "--state", "state")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_kept_run_is_found_by_its_id_and_as_the_newest(command: str, kept: Path) -> None:
    by_file = answered(command, "run.bptui")
    assert by_file.status == 0
    for name in (kept.stem, "newest"):
        done = answered(command, name)
        assert done.err.replace(name, "run.bptui") == by_file.err
        assert done.out.replace(name, "run.bptui") == by_file.out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_was_not_kept_is_refused(command: str, kept: Path) -> None:
    kept.unlink()
    argument = COMMANDS[command]
    missing = f"argument {argument}: no run with the ID '{kept.stem}' was kept; bptui runs lists the IDs"
    for name, refusal in {kept.stem: missing, "newest": f"argument {argument}: no run was kept"}.items():
        done = answered(command, name)
        assert (done.status, done.out) == (2, "")
        assert done.complaint.endswith(f"error: {refusal}")


def test_a_file_that_is_called_like_a_kept_run_is_opened(kept: Path) -> None:
    Path("run.bptui").rename("newest")
    kept.unlink()
    assert answered("verify {run}", "newest").status == 0


@pytest.mark.parametrize("words", ["{run}", "--continue {run}", "newest", "--continue"])
def test_the_screen_continues_what_the_word_names(words: str, kept: Path) -> None:
    done = answered(f"--plain {words}", kept.stem)
    assert (done.status, "paused after epoch 1 of 3" in done.out) == (0, True), done.out
