"""`--save` and `--resume`: a run continues as if it had never stopped."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bpengine import TASKS, Task, Trainer, checkpoint
from tests.tui.support.running import ENDLESS, Done, call, finish, names, running, wait_for_work

BEGIN = ("--interval=1", "--save=run.bptui")
MOMENTUM = ("--optimizer=adam", "--test-share=0.2", "--hidden=4,3", "--activation=tanh")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def begin(*flags: str) -> Done:
    """A run of five epochs, saved."""
    done = call("train", "regression", "--epochs=5", *BEGIN, *flags)
    assert (done.status, done.err) == (0, "")
    return done


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
@pytest.mark.parametrize("task", TASKS)
def test_a_resumed_run_continues_bit_for_bit(task: Task, form: str) -> None:
    flags = (*BEGIN, *MOMENTUM, "--format", form)
    whole = call("train", task, "--epochs=9", *flags)
    first = call("train", task, "--epochs=5", *flags)
    rest = call(
        *("train", "--resume=run.bptui", "--save=run.bptui", "--epochs=9", "--interval=1"),
        *("--kernel=numpy", "--format", form),
    )
    assert (whole.status, first.status, rest.status) == (0, 0, 0)
    lines = rest.lines[1:] if form == "csv" else rest.lines
    told = [line.replace("/5 ", "/9 ").replace('"epochs": 5', '"epochs": 9') for line in first.lines]
    told = [line.replace(",5,", ",9,", 1) if form == "csv" else line for line in told]
    assert told + lines == whole.lines
    assert checkpoint.load("run.bptui").epochs_done == 9


def test_live_settings_apply_by_flag_and_by_file() -> None:
    begin()
    Path("run.toml").write_text("epochs = 7\n[regression]\nlearning_rate = 0.5\n")
    done = call("train", "--resume=run.bptui", "--config=run.toml", "--learning-rate=0.2", "--save=run.bptui")
    assert (done.status, done.err) == (0, "")
    config = checkpoint.load("run.bptui").config
    assert (config.epochs, config.learning_rate, config.report_interval) == (7, 0.2, 1)


def test_a_resumed_run_has_its_data_in_the_checkpoint() -> None:
    Path("d.csv").write_text("x,y\n1,2\n2,3\n3,5\n4,4\n")
    Path("run.toml").write_text('task = "regression"\ndata = "d.csv"\n')
    begin("--config=run.toml")
    Path("d.csv").unlink()
    done = call("train", "--resume=run.bptui", "--config=run.toml", "--epochs=6")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Epoch:5/6 ")
    assert "# The run has its own samples" in call("config", "show", "--resume=run.bptui").out


def test_resuming_a_finished_run_says_that_there_is_nothing_to_do() -> None:
    begin()
    done = call("train", "--resume=run.bptui")
    assert (done.status, done.out) == (0, "")
    assert done.complaint == "bptui train: nothing to do: all epochs completed"


def test_a_diverged_run_is_saved_and_stays_so() -> None:
    done = call("train", "regression", "--learning-rate=10", *BEGIN)
    assert done.status == 1
    again = call("train", "--resume=run.bptui")
    assert (again.status, again.out) == (1, "")
    assert again.complaint == done.complaint


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_saved(number: signal.Signals) -> None:
    arguments = ("train", "regression", *ENDLESS, "--interval=1000000", "--kernel=numpy", "--save=run.bptui")
    with running(*arguments) as process:
        assert process.stdout
        process.stdout.readline()
        wait_for_work(process, 0.1)
        process.send_signal(number)
        assert finish(process).status == 128 + number
    trainer = checkpoint.load("run.bptui")
    plain = Trainer(trainer.config)
    plain.run_for(1e9, max_samples=trainer.epochs_done * len(plain.dataset) + trainer.samples_done)
    assert (plain.network.parameters == trainer.network.parameters).all()


def test_a_snapshot_continues_a_checkpoint() -> None:
    begin("--interval=2")
    flags = ("--epochs=9", "--interval=2")
    for arguments in (("--resume=run.bptui",), ("regression",)):
        path = f"{len(arguments[0])}.txt"
        assert call("snapshot", *arguments, *flags, "--output", path) == Done(0, "", "")
    pages = [Path(name).read_text(encoding="utf-8") for name in ("18.txt", "10.txt")]
    rows = [[line for line in page.splitlines() if "epoch 8/9" in line or "e-0" in line] for page in pages]
    assert rows[0]
    assert rows[0] == rows[1]
    done = call("snapshot", "--resume=run.bptui", *flags, "--at=3", "--output=never.txt")
    assert done.complaint.endswith("argument --at: must be an epoch from 4 to 8, got '3'")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--seed=3",), "argument --seed: must stay 0 as in the resumed run, got '3'"),
        (("--test-share=0.5",), "argument --test-share: must stay none as in the resumed run, got '0.5'"),
        (("--data=d.csv",), "argument --data: not allowed with --resume"),
        (("--target=y",), "argument --target: not allowed with --resume"),
        (("--config=run.toml",), "run.toml: seed: must stay 0 as in the resumed run, got '3'"),
        (("classification",), "argument --resume: run.bptui: is a regression run, not classification"),
        (("--output=run.bptui",), "argument --output: run.bptui: is also the file of --resume"),
    ],
)
def test_bad_use_of_resume_is_refused_in_one_line(flags: tuple[str, ...], told: str, folder: Path) -> None:
    begin()
    Path("run.toml").write_text("seed = 3")
    before = Path("run.bptui").read_bytes()
    done = call("train", "--resume=run.bptui", *flags)
    assert (done.status, done.out) == (2, "")
    assert told in done.complaint
    assert Path("run.bptui").read_bytes() == before
    assert names(folder) == ["run.bptui", "run.toml"]


def test_resuming_with_equal_settings_is_no_change() -> None:
    begin("--hidden=4")
    assert (
        call("train", "regression", "--resume=run.bptui", "--hidden=4", "--seed=0", "--epochs=6").status == 0
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_disk_too_full_for_the_checkpoint_leaves_the_results() -> None:
    done = call(
        *("train", "regression", "--epochs=5", "--interval=1"),
        *("--output=out.txt", "--save=/dev/full"),
    )
    assert done.status == 2
    assert "/dev/full" in done.complaint
    assert len(Path("out.txt").read_text().splitlines()) == 5
