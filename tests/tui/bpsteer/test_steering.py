"""A training does what is asked between two steps, and its record can be repeated."""

from __future__ import annotations

import json
import math
import socket
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from platformdirs import user_state_path

import bpsteer
from bpsteer.changes import changes_of, read_record
from bpsteer.channel import encoded
from bpsteer.checkpoints import SavedState, SavedStates
from bpsteer.folders import records_folder
from bpsteer.journal import CAPACITY, MAX_KINDS, Journal
from bpsteer.record import Record
from bpsteer.server import MAX_TAKEN
from bpsteer.settings import RequestError
from bptui.steering.client import Client
from bptui.steering.runs import find
from tests.tui.support.steered import socket_of, training
from tests.tui.support.terminal import DEADLINE, wait_until


def test_steering_imports_the_standard_library_only() -> None:
    script = "import sys; before = {*sys.modules}; import bpsteer; print(*{*sys.modules} - before)"
    done = subprocess.run((sys.executable, "-c", script), capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "bpsteer" in loaded
    assert loaded - {"bpsteer"} <= sys.stdlib_module_names


def test_records_are_where_the_other_states_are() -> None:
    assert records_folder() == user_state_path("bptui") / "steer"


def test_a_change_takes_effect_before_the_next_step() -> None:
    with training() as trained:
        trained.ask("step", count=3)
        assert (
            trained.ask("set", name="learning rate", value=0.25)
            == "learning rate from 0.5 to 0.25, from step 3 on"
        )
        assert trained.ask("step", count=2) == "digits is paused at step 5"
        assert trained.seen == [(0, 0.5), (1, 0.5), (2, 0.5), (3, 0.25), (4, 0.25)]
        status = find("digits").status
        assert (status.state, status.step, status.settings[0].value) == ("paused", 5, 0.25)
        assert status.metrics == {"loss": 2.0}


@pytest.mark.parametrize(("loss", "steps"), [(0.5, 3), (math.nan, 1)])
def test_each_request_for_a_step_counts_unless_a_number_is_not_finite(loss: float, steps: int) -> None:
    released = threading.Event()

    def measure(_weight: float) -> dict[str, float]:
        released.wait(DEADLINE)
        return {"loss": loss}

    requests = [encoded({"id": number, "do": "step", "count": 1}) for number in (1, 2, 3)]
    requests.append(encoded({"id": 4, "do": "status"}))
    with training(measure=measure, pause_on="nan") as trained, socket.socket(socket.AF_UNIX) as attached:
        attached.connect(str(socket_of("digits")))
        attached.sendall(requests[0])
        wait_until(lambda: len(trained.seen) == 1, "the first step")
        attached.sendall(b"".join(requests[1:]))  # as from a key that is pressed again before it is done
        attached.recv(1 << 16)
        released.set()
        wait_until(lambda: find("digits").status.state == "paused", "the pause")
        assert [step for step, _ in trained.seen] == [*range(steps)]


def test_requests_that_are_not_allowed_are_refused_with_the_reason() -> None:
    with training(save=None, load=None) as trained:
        rate = "learning rate"
        assert trained.refusal("set", name=rate, value=7) == "learning rate: RuntimeError: seven is unlucky"
        assert "from 1e-6 to 10, got '11'" in trained.refusal("set", name=rate, value=11)
        assert "got 'True'" in trained.refusal("set", name=rate, value=True)
        assert "there are learning rate" in trained.refusal("set", name="momentum", value=0.5)
        assert "at least 1" in trained.refusal("step", count=0)
        assert "without save and load" in trained.refusal("back", step=0)
        assert trained.ask("step", count=1) == "digits is paused at step 1"
        assert trained.seen == [(0, 0.5)]


def test_a_number_that_is_not_finite_pauses_if_that_is_wanted() -> None:
    with training(pause_on="nan") as trained:
        trained.ask("run")
        wait_until(lambda: find("digits").status.state == "paused", "the pause")
        status = find("digits").status
        assert (status.step, status.reason) == (901, "loss is nan at step 900")
        assert status.metrics == {"loss": None}
        trained.ask("run")
        trained.thread.join()
        assert trained.run.step == 1000


def test_a_pause_can_be_ended_as_soon_as_it_is_seen() -> None:
    for number in range(10):  # it could come while the training does what was asked for before the pause
        with training(f"run-{number}", pause_on="nan") as trained:
            trained.ask("run")
            wait_until(lambda: find(trained.run.name).status.state == "paused", "the pause")
            assert "is running" in trained.ask("run")
            trained.thread.join(DEADLINE)


def test_returning_to_a_state_begins_a_branch() -> None:
    with training(state_steps=10) as trained:
        trained.ask("step", count=25)
        assert trained.ask("back", step=12) == (
            "digits is back at step 10, the saved state that is nearest to 12, and paused"
        )
        assert trained.weight == 5.0
        assert find("digits").status.metrics == {"loss": 5.0}
        trained.ask("step", count=1)
        assert trained.seen[-1] == (10, 0.5)
        status = find("digits").status
        assert (status.step, status.branch) == (11, 1)
        assert [(each.step, each.branch, each.metrics) for each in status.states] == [
            (0, 0, {}),
            (10, 0, {"loss": 5.0}),
            (20, 0, {"loss": 10.0}),
            (25, 0, {"loss": 12.5}),
        ]
        trained.ask("back", step=25)  # what was trained before is not lost
        assert trained.weight == 12.5


def test_a_state_that_can_not_be_loaded_leaves_the_training_as_it_is() -> None:
    with training() as trained:
        trained.ask("step", count=2)
        trained.unloadable = 0.0
        assert "ValueError: it is damaged" in trained.refusal("back", step=0)
        assert (trained.weight, trained.run.step) == (1.0, 2)


def test_a_stop_ends_the_steps_of_later_calls_too() -> None:
    with training() as trained:
        trained.ask("stop")
        trained.thread.join()
        assert trained.run.stopped
        assert list(trained.run.steps(5)) == []
    assert find("digits").status.state == "ended"


def test_steps_are_counted_on_in_later_calls() -> None:
    with bpsteer.start("epochs") as run:
        assert [list(run.steps(3)), list(run.steps(2))] == [[0, 1, 2], [3, 4]]
        for step in run.steps():
            if step == 7:
                break
        assert next(run.steps(1)) == 8


def test_a_return_to_a_step_of_an_earlier_call_ends_at_the_same_number() -> None:
    run, seen = bpsteer.start("epochs", save=lambda: b"", load=lambda data: None, paused=True), []

    def train() -> None:
        for _ in range(2):
            seen.append([*run.steps(4)])

    thread = threading.Thread(target=train)
    thread.start()
    with Client(socket_of("epochs")) as client:
        assert client.ask("step", DEADLINE, count=6).succeeded
        assert client.ask("back", DEADLINE, step=0).succeeded
        assert client.ask("run", DEADLINE).succeeded
    thread.join()
    run.close()
    assert seen == [[0, 1, 2, 3], [4, 5, 0, 1, 2, 3, 4, 5, 6, 7]]


def written_changes(record: Path) -> list[tuple[int, str, object]]:
    """The changes that a record repeats."""
    return [(change.step, change.name, change.new) for change in changes_of(read_record(record))]


def test_a_replay_makes_the_changes_that_led_to_the_end() -> None:
    with training(state_steps=10, pause_on="nan") as trained:
        trained.ask("step", count=15)
        trained.ask("set", name="learning rate", value=0.1)
        trained.ask("step", count=20)
        trained.ask("set", name="learning rate", value=0.7)  # on a branch that is left
        trained.ask("step", count=3)
        trained.ask("back", step=20)
        trained.ask("set", name="learning rate", value=0.3)
        trained.ask("run")
        wait_until(lambda: find("digits").status.state == "paused", "the pause")
        weight, record = trained.weight, trained.run.record
    changes = written_changes(record)
    assert changes == [
        (15, "learning rate", 0.1),
        (20, "learning rate", 0.7),  # the state does not have it
        (20, "learning rate", 0.3),
    ]
    with training(paused=False, replay=record, pause_on="nan") as again:
        wait_until(lambda: find("digits").status.state == "paused", "the pause")
        assert again.weight == weight
        wait_until(lambda: written_changes(again.run.record) == changes, "the record of the changes")
        again.ask("back", step=0)
        again.ask("step", count=16)
        assert again.rate == 0.1  # the changes after the step are made again


def test_a_record_that_can_not_be_replayed_is_refused_at_the_start(tmp_path: Path) -> None:
    start = {"event": "start", "version": 1, "name": "x", "time": 0.0, "settings": []}
    change = {"event": "change", "step": 3, "name": "speed", "new": 1, "old": 2}
    for lines, message in (
        (["{"], "line 1 is not that of a record"),
        (["{}"], "line 1 is not that of a record"),
        (['{"event": "end"}'], "is not the record of a run"),
        ([json.dumps(start), json.dumps(change)], "no setting for"),
        ([json.dumps(start), json.dumps({**change, "step": "x"})], "damaged: step must be a int"),
    ):
        path = tmp_path / "x.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines))
        with pytest.raises(ValueError, match=message):
            bpsteer.start("x", replay=path)


def test_options_that_make_no_sense_are_refused_at_the_start() -> None:
    for options in ({"state_steps": 0}, {"pause_on": "inf"}, {"save": bytes}):
        with pytest.raises(ValueError, match=r"state_steps must|pause_on must|need each other"):
            bpsteer.start("x", **options)


@pytest.mark.parametrize("name", ["", " ", ".x", "-x", "a/b", "a\nb", "x" * 41, "é" * 21])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="the name of a run must have"):
        bpsteer.start(name)


def test_reports_are_thinned_and_the_newest_one_is_there() -> None:
    journal = Journal()
    for step in range(10 * CAPACITY):
        journal.report(step, 0, {"loss": 1.0})
        if step % CAPACITY == 0:
            journal.report(step, 0, {"accuracy": 0.5})
    until, entries = journal.since(0)
    losses = [int(str(entry["step"])) for _, entry in entries if "loss" in str(entry["values"])]
    assert len(losses) <= CAPACITY + 1
    assert losses[-1] == 10 * CAPACITY - 1
    assert {later - earlier for earlier, later in pairwise(losses[:-1])} == {16}
    assert len(entries) - len(losses) == 10  # what is rare is not thinned with what is frequent
    assert until == journal.number
    assert journal.since(until) == (until, [])


def test_the_newest_values_stay_in_the_order_of_the_first_ones() -> None:
    journal = Journal()
    for step in range(3):
        journal.report(step, 0, {"loss": 0.5})
        if step % 2 == 0:
            journal.report(step, 0, {"accuracy": 0.1, "loss": 0.4})
        assert list(journal.latest.items()) == [("loss", 0.5 if step % 2 else 0.4), ("accuracy", 0.1)]


def test_kinds_of_reports_beyond_the_limit_are_ignored() -> None:
    journal = Journal()
    for number in range(2 * MAX_KINDS):
        journal.report(0, 0, {f"m{number}": 1.0})
    assert len(journal.latest) == MAX_KINDS


def test_ever_fewer_of_the_older_states_are_kept_within_the_bound() -> None:
    states = SavedStates(100_000)
    for step in range(1000):
        states.add(SavedState(step, 0, b"x" * 100, Journal()))
    steps = [state.step for state in states.kept]
    assert steps[-10:] == [*range(990, 1000)]
    assert steps[0] == 0
    assert len(steps) < 60
    states.add(SavedState(1000, 0, b"x" * 99_950, Journal()))
    assert [state.step for state in states.kept] == [1000]
    with pytest.raises(RequestError, match="it has 100001 bytes, and there is room for 100000"):
        states.add(SavedState(1001, 0, b"x" * 100_001, Journal()))


def test_the_state_whose_neighbors_are_closest_is_dropped_unless_it_is_spared() -> None:
    states, kept = SavedStates(300), []
    for step in range(6):
        states.add(SavedState(step, 0, b"x" * 100, Journal()))
        kept.append([state.step for state in states.kept])
    assert kept[2:] == [[0, 1, 2], [0, 2, 3], [0, 2, 4], [0, 2, 5]]
    states.add(SavedState(6, 0, b"x" * 100, Journal()), spared=states.kept[2])
    assert [state.step for state in states.kept] == [0, 5, 6]


def test_the_record_of_a_long_run_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpsteer.record._SLACK", 1000)
    journal = Journal()
    journal.add("start", version=1)
    record = Record(tmp_path / "x-1.jsonl", journal)
    for step in range(200_000):
        journal.report(step, 0, {"loss": 1.0})
        if step % 500 == 0:
            record.update()
    record.update()
    record.close()
    assert record.path.stat().st_size < 400_000
    entries = read_record(record.path)
    assert [entry["event"] for entry in entries[:2]] == ["start", "report"]
    assert entries[-1]["step"] == 199_999


def test_a_request_is_remembered_until_there_are_too_many_newer_ones() -> None:
    def answers(*requests: str) -> list[str]:
        with socket.socket(socket.AF_UNIX) as attached:
            attached.connect(str(socket_of("digits")))
            with attached.makefile("rw") as lines:
                for request in requests:
                    lines.write(f'{{"v": 2, {request}}}\n')
                lines.flush()
                return [json.loads(lines.readline())["text"] for _ in requests]

    with training():
        step = '"id": 0, "do": "step", "count": 1'
        for begin in range(0, MAX_TAKEN, 500):
            answers(*(f'"id": {number}, "do": "pause"' for number in range(begin, begin + 500)))
        assert answers(step) == ["another request has the id 0"]
        assert answers(f'"id": {MAX_TAKEN}, "do": "pause"', step)[1] == "digits is paused at step 1"
