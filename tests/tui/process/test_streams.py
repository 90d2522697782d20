"""Closed pipes, full disks and missing streams: at most one line of error, and no traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bptui.process.streams import print_error
from tests.tui.support.running import ENDLESS, SUMMARY, call, run, running
from tests.tui.support.terminal import bptui

TRAIN = ("train", "regression", "--epochs", "5", "--interval", "1", "--kernel", "numpy")
DIVERGING = ("train", "regression", "--learning-rate", "10", "--interval", "1", "--kernel", "numpy")
COMMANDS = {
    "text": TRAIN,
    "diverging": DIVERGING,
}
EACH = pytest.mark.parametrize("arguments", COMMANDS.values(), ids=list(COMMANDS))

SHORT_RUN = ("train", "regression", "--epochs", "40", "--interval", "10", "--kernel", "numpy")


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe that is closed at its other end."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@EACH
def test_a_closed_pipe_is_not_an_error(arguments: tuple[str, ...], unread: int) -> None:
    done = run(*arguments, stdout=unread)
    assert (done.status, done.err) == (0, "")


def test_a_pipe_into_head_ends_the_run() -> None:
    script = '{ "$@"; echo "status $?" >&2; } | head -n 1'
    done = run("train", "regression", *ENDLESS, "--interval", "1", "--kernel", "numpy", shell=script)
    assert done.out.startswith("Epoch:0/100000000 Error:0.26")
    assert done.err == "status 0\n"


def test_a_reader_that_closes_the_pipe_in_the_middle_ends_the_run() -> None:
    with running("train", "regression", *ENDLESS, "--interval", "1", "--kernel", "numpy") as process:
        assert process.stdout
        for _ in range(100):
            process.stdout.readline()
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@EACH
def test_a_full_disk_is_an_error_in_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*arguments, stdout=full)
    assert done.status == 2
    assert "standard output: No space left on device" in done.complaint


@pytest.mark.parametrize(
    "arguments",
    [TRAIN, ("trace", "regression"), ("--help",), ("--plain",)],
    ids=" ".join,
)
def test_results_that_a_closed_standard_output_would_lose_are_an_error(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, shell='exec "$@" >&-')
    assert done.status == 2
    assert done.complaint == "bptui: error: standard output: Bad file descriptor"


def test_a_file_is_written_with_standard_output_closed(tmp_path: Path) -> None:
    path = tmp_path / "results"
    assert run(*TRAIN, "--output", str(path), shell='exec "$@" >&-').status == 0
    assert path.read_text() == call(*TRAIN).out


@EACH
def test_a_closed_standard_error_is_not_an_error(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, shell='exec "$@" 2>&-')
    assert done.status == (1 if arguments == DIVERGING else 0)
    assert done.out == call(*arguments).out, "results, and nothing that belongs elsewhere"


def test_an_error_is_a_line_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    print_error("a\x1b[2J\nb\x9b")
    assert capsys.readouterr().err == "a\\x1b[2J\\nb\\x9b\n"


def test_the_exit_status_does_not_need_any_stream(tmp_path: Path) -> None:
    written = ("--output", str(tmp_path / "results"))
    for arguments, status in (((*DIVERGING, *written), 1), (("train",), 2), ((), 2)):
        assert run(*arguments, shell='exec "$@" <&- >&- 2>&-').status == status


@EACH
def test_an_encoding_without_greek_letters_loses_no_line(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, variables={"PYTHONIOENCODING": "ascii"})
    assert done.status == (1 if arguments == DIVERGING else 0)
    assert "Traceback" not in done.err
    assert len(done.lines) == len(call(*arguments).lines)


@pytest.mark.parametrize("form", ["text", "csv"])
def test_results_go_to_the_file_and_progress_to_the_terminal(form: str, tmp_path: Path) -> None:
    path = tmp_path / "results"
    arguments = (*SHORT_RUN, "--format", form)
    with path.open("wb") as file, bptui(*arguments, stdout=file.fileno()) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for(lambda: b"40/40" in terminal.output, "progress")
        terminal.wait_for(lambda: not terminal.left_on(), "the cursor")
        assert not SUMMARY.sub("", f"{terminal.text}\n").strip(), "progress goes when it is done"
    assert path.read_text() == call(*arguments).out


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_streamed_results_on_a_terminal_have_no_progress_bar_between_them(form: str) -> None:
    arguments = (*SHORT_RUN, "--format", form)
    lines = call(*arguments).lines
    with bptui(*arguments, columns=200) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for(lambda: terminal.lines[: len(lines)] == lines, "the results alone")
