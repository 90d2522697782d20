"""What `bptui attach` prints for scripts and screen readers, and its exit status."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from functools import partial
from pathlib import Path

import pytest

import bpsteer
from bpsteer.folders import listen
from bptui.steering.client import SilentError, answer_of
from bptui.steering.run_status import setting_of
from bptui.steering.runs import find
from tests.tui.support.running import Done, call
from tests.tui.support.steered import Training, ask, refusal, training
from tests.tui.support.terminal import BPTUI, DEADLINE, started, wait_until


def test_attach_lists_the_runs() -> None:
    assert call("attach") == Done(0, "", "")
    bpsteer.start("one").close()
    with training("two"):
        lines = [line.split("\t") for line in call("attach").lines]
        assert [line[:3] for line in lines] == [["two", "paused", "0"], ["one", "ended", "0"]]
        assert [each["state"] for each in json.loads(call("attach", "--format", "json").out)] == [
            "paused",
            "ended",
        ]


def test_attach_prints_the_status_and_the_requests() -> None:
    with training() as trained:
        trained.ask("step", count=2)
        done = call("attach", "digits", "status", "--format", "json")
        assert json.loads(done.out) == {
            "name": "digits",
            "state": "paused",
            "step": 2,
            "settings": {"learning rate": 0.5},
            "metrics": {"loss": 1.0},
            "notes": [],
        }
        lines = call("attach", "digits").lines
        assert lines[:4] == [
            "digits is paused at step 2.",
            "learning rate: 0.5 (a number from 1e-6 to 10)",
            "loss: 1",
            "Saved states: steps 0.",
        ]
        assert lines[-1].startswith(
            "Requests: bptui attach digits status | pause | run | step N | set NAME VALUE"
        )


def test_attach_says_what_was_done() -> None:
    with training():
        for request, text in (
            ("set learning rate 0,25", "learning rate from 0.5 to 0.25, from step 0 on"),
            ("set learn 50%", "learning rate from 0.25 to 0.5, from step 0 on"),
            ("set Learning-Rate 0.125", "learning rate from 0.5 to 0.125, from step 0 on"),
            ("set lr 0.375", "learning rate from 0.125 to 0.375, from step 0 on"),
            ("step", "digits is paused at step 1"),
            ("save", "the state before step 1 is saved (5 bytes)"),
            ("step 3", "digits is paused at step 4"),
            ("back 2", "digits is back at step 1, the saved state that is nearest to 2, and paused"),
            ("pause", "digits is paused at step 1"),
        ):
            assert call("attach", "digits", *request.split()) == Done(0, f"{text}\n", "")


def test_attach_says_why_a_request_was_refused() -> None:
    with training():
        unlucky = "learning rate: RuntimeError: seven is unlucky"
        for request, text in (
            ("set learning rate 7", unlucky),
            ("set learning rate -1e-3", "learning rate: must be a number from 1e-6 to 10, got '-1e-3'"),
            ("set speed 1", "set: must name one of the settings (learning rate), got 'speed'"),
        ):
            refused = call("attach", "digits", *request.split())
            assert (refused.status, refused.out, refused.complaint) == (1, "", f"bptui attach: {text}")
        refused = call("attach", "digits", "set", "learning rate", "7", "--format", "json")
        assert json.loads(refused.out) == {"done": False, "text": unlucky}


def test_attach_says_that_a_stopped_run_has_ended() -> None:
    with training() as trained:
        assert call("attach", "digits", "stop").status == 0
        trained.thread.join()
        refused = call("attach", "digits", "run")
        reason = "digits has ended: --wait waits for the next run"
        assert (refused.status, refused.complaint) == (1, f"bptui attach: {reason}")


def test_a_setting_whose_name_has_only_signs_is_found_by_that_name() -> None:
    values = {"_": 0.5, "--": 0.5, "=": 0.5, "- _": 0.5, "x": 0.5, "X": 0.5}
    settings = [
        bpsteer.number(
            name, partial(values.__getitem__, name), partial(values.__setitem__, name), low=0.0, high=9.0
        )
        for name in values
    ]

    def train(run: bpsteer.Run) -> None:
        with run:
            for step in run.steps(10):
                run.report(loss=step)

    run = bpsteer.start("signs", settings, paused=True)
    thread = threading.Thread(target=train, args=(run,), daemon=True)
    thread.start()
    for value, name in enumerate(values, 1):
        done = call("attach", "signs", "set", "--", name, str(value))
        assert (done.status, done.out) == (0, f"{name} from 0.5 to {value}, from step 0 on\n")
    assert call("attach", "signs", "set", "--", "_ _", "1").status == 1
    assert call("attach", "signs", "stop").status == 0
    thread.join()
    assert list(values.values()) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("nope", "there is no run 'nope': bptui attach lists the runs"),
        ("/nope.jsonl", "/nope.jsonl: can't be read: no such file or directory"),
        ("digits nope", "must be status, pause, run, step, set, save, back, stop or schedule, got 'nope'"),
        ("digits pause now", "pause: takes no arguments, got 'now'"),
        ("digits back", "STEP: must be a whole number, got ''"),
        ("digits set learning", "set: needs the name of a setting and a value"),
        ("--wait", "argument --wait: needs NAME"),
    ],
)
def test_unknown_runs_and_bad_requests_are_refused_in_one_line(words: str, text: str) -> None:
    with training():
        done = call("attach", *words.split())
    assert (done.status, done.out) == (2, "")
    assert done.complaint.endswith(text)


def test_an_ambiguous_name_of_a_setting_is_refused_with_the_names_that_match() -> None:
    settings = [
        bpsteer.switch(f"weight decay of group {number}", lambda: True, lambda _: None) for number in (1, 2)
    ]
    with bpsteer.start("groups", settings):
        refused = call("attach", "groups", "set", "wd", "off")
    assert refused.complaint.endswith(
        "set: 'wd' may be weight decay of group 1 or weight decay of group 2: say more of it"
    )


def test_attach_waits_for_a_run_to_begin(tmp_path: Path) -> None:
    bpsteer.start("digits").close()
    waiting = started(*BPTUI, "attach", "digits", "pause", "--wait")
    says = "bptui attach: waits for a training called 'digits' to begin; ctrl+c ends it\n"
    with (
        subprocess.Popen(waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as patient,
        subprocess.Popen(waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as impatient,
    ):
        assert patient.stderr is not None and impatient.stderr is not None
        assert patient.stderr.readline() == impatient.stderr.readline() == says
        impatient.send_signal(signal.SIGINT)
        assert impatient.wait(DEADLINE) == 130
        with training():
            assert patient.communicate(timeout=DEADLINE)[0] == "digits is paused at step 0\n"


def test_a_run_that_has_just_begun_is_not_taken_for_one_that_has_ended() -> None:
    bpsteer.start("digits").close()
    listener = listen(["digits"])  # it does not answer yet, and has no record
    assert listener is not None
    try:
        found = find("digits")
        assert (found.status.state, found.socket) == ("does not answer", listener.path)
    finally:
        listener.close()


def test_the_values_after_the_end_are_the_last_ones() -> None:
    restored: list[Training] = []
    with training(load=lambda _: restored[0].set_rate(0.5)) as trained:
        restored.append(trained)
        trained.ask("save")
        trained.ask("set", name="learning rate", value=2)
        trained.ask("back", step=0)
    assert "learning rate: 0.5 (a number from 1e-6 to 10)" in call("attach", "digits", "status").lines


def test_the_printed_schedule_has_the_changes_of_a_step_in_order(tmp_path: Path) -> None:
    asked = [("all", 0.3), ("second", 0.4), ("all", 0.3)]  # "all" sets the second one, too
    with training() as trained:
        trained.ask("stop")
        trained.thread.join()
    lines = trained.run.record.read_text().splitlines()
    changes = [
        {"event": "change", "step": 3, "branch": 0, "name": name, "old": 0.1, "new": new}
        for name, new in asked
    ]
    record = tmp_path / "record.jsonl"
    record.write_text("".join(f"{line}\n" for line in [lines[0], *map(json.dumps, changes), lines[-1]]))
    assert "3: {'second': 0.4, 'all': 0.3}," in call("attach", str(record), "schedule").out


def test_the_printed_schedule_is_python() -> None:
    with training() as trained:
        trained.ask("step", count=3)
        trained.ask("set", name="learning rate", value=0.1)
        printed = call("attach", "digits", "schedule").out
        trained.ask("stop")
        trained.thread.join()
    names: dict[str, object] = {}
    exec(printed, names)
    assert names["SCHEDULE"] == {3: {"learning rate": 0.1}}
    assert call("attach", "digits", "schedule").out == printed  # of its record
    done = call("attach", str(trained.run.record), "schedule", "--format", "json")
    assert json.loads(done.out) == [{"step": 3, "name": "learning rate", "value": 0.1}]


def test_damaged_records_are_named(state_home: Path) -> None:
    folder = state_home / "bptui" / "steer"
    folder.mkdir(parents=True)
    for number, text in enumerate(("", "x\n", '{"event": "start", "version": 1}\n', "[" * 99_999 + "\n")):
        (folder / f"digits-{number}.jsonl").write_text(text)
    done = call("attach")
    assert (done.status, done.out) == (0, "")
    assert len(done.err.splitlines()) == 4
    assert call("attach", "digits", "status").status == 2


def test_a_steered_headless_run_that_nobody_changes_prints_the_same_numbers() -> None:
    run = ("train", "classification", "--epochs", "15", "--interval", "5", "--test-share", "0.3")
    assert call(*run, "--steer", "borders").out == call(*run).out
    wait_until(lambda: find("borders").status.state == "ended", "the end of the record")
    status = find("borders").status
    assert list(status.metrics) == ["error", "test error", "accuracy"]
    entries = map(json.loads, Path(status.record).read_text().splitlines())
    reported = [entry["step"] for entry in entries if "accuracy" in entry.get("values", ())]
    assert reported == [0, 5, 10], "the metrics only at the reported epochs"


def test_train_refuses_a_name_that_no_steered_run_can_have() -> None:
    refused = call("train", "regression", "--epochs", "1", "--steer", "a/b")
    assert refused.status == 2
    assert refused.complaint.startswith("bptui train: error: argument --steer: the name of a run must have")


def test_a_headless_run_takes_requests_and_is_interrupted_at_its_step() -> None:
    endless = (*BPTUI, "train", "regression", "--epochs", "100000000", "--kernel", "numpy", "--steer", "sine")
    with subprocess.Popen(
        started(*endless), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            ask("sine", "pause")
            assert ask("sine", "set", name="learning rate", value=0.2).startswith("learning rate from 0.1")
            ask("sine", "set", name="schedule", value="cosine")
            refusal("sine", "set", name="epochs", value=0)
            assert ask("sine", "back", step=0).startswith("sine is back at step 0")
            wait_until(lambda: find("sine").status.state == "paused", "an answer")
            assert find("sine").status.settings[0].value == 0.1, "the settings are a part of the state"
            assert ask("sine", "step", count=3) == "sine is paused at step 3"
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 130
            assert process.stderr is not None
            assert "interrupted after 3 of 100000000 epochs" in process.stderr.read()
        finally:
            process.kill()


def test_a_whole_number_keeps_all_its_digits() -> None:
    seed = 2**62 + 1
    setting = bpsteer.number("seed", lambda: seed, lambda value: None, low=0, high=2**63, whole=True)
    assert setting.check(seed) == setting.read() == seed
    status = setting_of(setting.described())
    assert [status.parsed(text) for text in (str(seed), "1e3")] == [seed, 1000]
    for text in ("9" * 400, "1e400"):
        with pytest.raises(ValueError, match=r"must be a whole number from 0 to 9\.22337e18, got"):
            status.parsed(text)


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_whole_number_that_no_float_holds_is_not_known(digits: int) -> None:
    assert (
        bpsteer.number("seed", lambda: 10**digits, lambda _: None, low=0, high=9, whole=True).read() is None
    )


@pytest.mark.parametrize("line", [b"", b'{"v": 2, "id": 1', b"x"])
def test_an_answer_that_is_cut_off_comes_from_a_run_that_has_ended(line: bytes) -> None:
    with pytest.raises(SilentError, match="has ended"):
        answer_of(line)


@pytest.mark.parametrize(
    ("text", "value"),
    [("on", True), ("0", False), ("True", True), ("no", False), ("maybe", None), ("", None)],
)
def test_a_switch_takes_words(text: str, value: bool | None) -> None:
    setting = setting_of(bpsteer.switch("freeze", lambda: False, lambda value: None).described())
    if value is None:
        with pytest.raises(ValueError, match="must be on or off"):
            setting.parsed(text)
    else:
        assert setting.parsed(text) is value


STATUS = {
    "name": "fake",
    "state": "paused",
    "reason": "",
    "step": 1,
    "branch": 0,
    "settings": [],
    "metrics": {"loss": 0.5},
    "states": [],
    "waiting": [],
    "record": "",
    "problem": "",
    "notes": [],
}


SEED = {
    "name": "seed",
    "kind": "number",
    "value": 2**62,
    "low": 0,
    "high": 2**63,
    "log": False,
    "whole": True,
}


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "paused"),
        ({"settings": [SEED]}, "paused"),
        ({"settings": [{**SEED, "high": 10**400}]}, "does not answer"),
        ({"state": "elsewhere"}, "does not answer"),
        ({"step": True}, "does not answer"),
        ({"step": -1}, "does not answer"),
        ({"name": None}, "does not answer"),
        ({"settings": [{"name": "x", "kind": "number", "value": 1}]}, "does not answer"),
        ({"settings": [5]}, "does not answer"),
        ({"metrics": {"loss": "x"}}, "does not answer"),
        ({"states": [{"step": "x", "branch": 0}]}, "does not answer"),
    ],
)
def test_an_answer_that_no_run_gives_counts_as_none(changed: dict[str, object], state: str) -> None:
    listener = listen(["fake"])
    assert listener is not None
    listener.socket.setblocking(True)
    fields = {"v": 2, "ok": True, "status": STATUS | changed}

    def answer() -> None:
        for _ in range(2):  # the first connection only finds out whether it is answered
            connected, _ = listener.socket.accept()
            with connected:
                if request := connected.recv(100):
                    answer = {"id": json.loads(request)["id"], **fields}
                    connected.sendall(json.dumps(answer).encode() + b"\n")

    thread = threading.Thread(target=answer)
    thread.start()
    assert call("attach").out.startswith(f"fake\t{state}\t")
    thread.join()
    listener.close()
