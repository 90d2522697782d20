"""The dialogue through a pipe: the same answers without a prompt, and the run kept however it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from bptui.session.autosave.runs_folder import KeptFolder
from tests.tui.support.imports import packages_after
from tests.tui.support.kept import assert_is_uninterrupted, kept_run
from tests.tui.support.running import ENDLESS, finish, run, running

LOOKING = (
    "status",
    "describe",
    "show",
    "help",
    "errors",
    "metrics",
    "diagnosis",
    "units",
    "weights",
    "unit 1",
)


def talk(*lines: str, flags: str = "", state: Path) -> list[str]:
    """The lines that a dialogue answers to these."""
    arguments = ("--plain", "--state", str(state), *flags.split())
    done = run(*arguments, stdin="\n".join(lines).encode())
    assert done.status == 0, done
    assert done.err == ""
    assert "\x1b" not in done.out
    return done.lines


def newest(state: Path) -> Path:
    kept = KeptFolder(state / "runs").newest()
    assert kept is not None
    return kept.path


def test_a_pipe_is_answered_kept_and_continued_to_the_bit(tmp_path: Path) -> None:
    lines = talk("run 5", "", "nonsense", "step 9 samples", flags="regression --seed 3", state=tmp_path)
    assert len(lines) == 5
    assert lines[0].startswith("Regression, seed 3. It is not trained yet; the run has 2001 epochs.")
    assert lines[1:3] == [
        "Epoch 0 of 2001: error 0.267.",
        "It is paused after epoch 4 of 2001. The epoch error is 0.271.",
    ]
    assert lines[3].startswith("No command begins with 'nonsense'")
    first = newest(tmp_path)
    assert_is_uninterrupted(kept_run(first))
    run_line = talk("run 3", "quit", "run", flags="--continue", state=tmp_path)
    assert run_line[-1].startswith("It is paused after epoch 7 of 2001.")
    assert not first.exists(), "its own file replaces the one that it continued"
    assert_is_uninterrupted(kept_run(newest(tmp_path)))
    offered = talk("resume", "1", flags="", state=tmp_path)
    assert offered[1].startswith("A run was kept at ")
    assert offered[1].endswith('Say "resume" to continue it.')
    assert offered[2].startswith("Regression, seed 3. It is paused after epoch 7 of 2001.")
    assert not (tmp_path / "history").exists(), "what a pipe says is not remembered"


def test_a_dialogue_in_a_pipe_reports_the_errors_of_train(tmp_path: Path) -> None:
    flags = ("classification", "--epochs", "21", "--save")
    run("train", *flags, str(tmp_path / "train.bptui"))
    talk(
        "step 30 samples",
        "run 4",
        "run",
        f"save checkpoint {tmp_path}/plain.bptui",
        flags=" ".join(flags[:3]),
        state=tmp_path,
    )
    assert (tmp_path / "plain.bptui").read_bytes() == (tmp_path / "train.bptui").read_bytes()


def test_sigterm_keeps_the_run_whole(tmp_path: Path) -> None:
    flags = ("--plain", "--state", str(tmp_path), *ENDLESS, "--interval=5")
    with running(*flags, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"run\n")
        for _ in range(4):
            assert process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert finish(process).status == 143
    kept = kept_run(newest(tmp_path))
    assert kept.epochs_done
    assert_is_uninterrupted(kept)


def test_no_screen_is_loaded() -> None:
    said = "\n".join((*LOOKING, "step", "pin", "what if", "set seed 3", "rewind", "undo", "zzz", ""))
    (packages,) = packages_after("--plain --no-state", said=said).values()
    assert not packages & {"textual", "plotext", "rich", "numba", "readline"}


def test_what_is_said_of_a_table_at_the_start_is_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    table = tmp_path / "line.csv"
    table.write_text("a,y\n" + "".join(f"{n},{n}.5\n" for n in range(120)))
    lines = talk("quit", flags=f"{table} --lang zh", state=tmp_path)
    assert "120 行中留出 25% 作测试" in "\n".join(lines)


def test_the_dialogue_needs_no_state_and_refuses_what_the_screen_refuses(tmp_path: Path) -> None:
    assert run("--plain", "--no-state", "regression").status == 0
    refused = run("--plain", "--restricted", "--data", "/etc/passwd")
    assert refused.status == 2
    assert refused.complaint == "bptui: error: argument --data: not allowed with --restricted"
    lines = talk("save", "set samples 9999", flags="--restricted", state=tmp_path)
    assert lines[1:] == [
        "Save: no files can be saved or opened here.",
        "Samples: at most 2000 are allowed here, got 9999.",
    ]
