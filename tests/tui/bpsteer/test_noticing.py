"""What a run notices by itself, and what others must not do to it: programs, frameworks, other ranks."""

from __future__ import annotations

import io
import itertools
import math
import pickle
import random
import struct
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import bpsteer
from bpsteer.changes import changes_of, read_record
from bpsteer.checkpoints import SavedState, SavedStates
from bpsteer.journal import Journal
from bpsteer.watch import Watch
from bptui.steering.metric_history import MetricHistory
from bptui.steering.runs import all_runs, find
from tests.tui.support.running import call
from tests.tui.support.steered import Training, program, started, training
from tests.tui.support.terminal import DEADLINE, wait_until

RATE = "learning rate"


def test_a_value_that_the_program_sets_again_is_noticed_and_counts_as_no_change() -> None:
    with training() as trained:

        def scheduled(weight: float) -> dict[str, float]:
            trained.rate = 0.25 / (1 + len(trained.seen))
            return {"loss": weight}

        trained.measure = scheduled
        trained.ask("step", count=3)
        trained.ask("set", name=RATE, value=0.02)
        trained.ask("step", count=1)
        note = "learning rate: set to 0.02 at step 3; the program set it to 0.05 at step 4"
        assert find("digits").status.notes == (note,)
        trained.ask("back", step=0)
        assert find("digits").status.notes == ()  # of a branch that was left
        trained.ask("set", name=RATE, value=0.02)
        trained.ask("step", count=1)
        record = trained.run.record
    lines = call("attach", "digits", "status").lines
    assert "learning rate: 0.0416667 (a number from 1e-6 to 10)" in lines
    assert "Note: learning rate: set to 0.02 at step 0; the program set it to 0.0416667 at step 1." in lines
    history = MetricHistory()
    history.add(read_record(record))
    for changes in (history.past().changes, changes_of(read_record(record))):
        assert [(each.step, each.new) for each in changes] == [(0, 0.02)]


def test_a_value_that_is_seen_two_steps_later_was_set_by_that_step() -> None:
    values, watch = [0.1], Watch()
    rate = bpsteer.number("rate", lambda: values[0], values.append, low=0, high=1)
    rate.read()
    watch.add(rate, 0.1, step=3, number=1)
    values[0] = 0.5
    assert list(watch.look(5)) == ["rate: set to 0.1 at step 3; the program set it to 0.5 by step 5"]


def test_rounding_to_float32_undoes_nothing() -> None:
    with training() as trained:

        def rounded(weight: float) -> dict[str, float]:
            (trained.rate,) = struct.unpack("f", struct.pack("f", trained.rate))
            return {"loss": weight}

        trained.measure = rounded
        trained.ask("set", name=RATE, value=0.01)
        trained.ask("step", count=3)
        assert trained.rate != 0.01
        assert find("digits").status.notes == ()


@pytest.mark.parametrize(
    ("counts_outside", "verdict"),
    [
        (False, "the same 6 steps gave the same numbers (6 reports were compared)"),
        (True, "loss differs from step 2 on: something outside the saved state has gone on"),
    ],
)
def test_steps_that_are_repeated_are_compared(counts_outside: bool, verdict: str) -> None:
    sampled = itertools.count()
    with training() as trained:
        trained.measure = lambda weight: {"loss": weight + (next(sampled) > 7 if counts_outside else 0)}
        trained.ask("step", count=6)
        trained.ask("back", step=0)
        trained.ask("step", count=5)
        assert bool(find("digits").status.notes) is counts_outside
        trained.ask("step", count=1)
        assert find("digits").status.notes == (verdict,)
        assert verdict in call("attach", "digits").out
        trained.ask("back", step=0)
        trained.ask("set", name=RATE, value=0.25)
        trained.ask("step", count=7)  # which are others
        assert find("digits").status.notes == ()


def test_a_metric_that_always_differs_hides_no_other() -> None:
    clock = itertools.count()
    with training(measure=lambda weight: {"loss": weight, "seconds": next(clock)}) as trained:
        trained.ask("step", count=4)
        trained.ask("back", step=0)
        trained.ask("step", count=4)
        assert find("digits").status.notes == (
            "seconds differs from step 0 on: something outside the saved state has gone on; "
            "the same 4 steps gave the same loss",
        )


def test_what_differs_in_its_last_digits_is_said_without_a_cause() -> None:
    with training() as trained:
        trained.ask("step", count=4)
        trained.ask("back", step=0)
        trained.measure = lambda weight: {"loss": math.nextafter(weight, 0)}
        trained.ask("step", count=4)
        assert find("digits").status.notes == (
            "loss differs from step 0 on (at first by less than a millionth)",
        )


def test_several_reports_of_a_kind_in_a_step_are_not_compared() -> None:
    journal = Journal()
    for count in range(3002):  # of which it keeps some, each perhaps the second one of its step
        journal.report(count // 2, 0, {"loss": float(count)})
        journal.report(count, 0, {"accuracy": float(count)})
    kinds = {kind for _, kind in journal.repeatable(0, 0)}
    assert kinds == {("accuracy",)}


def test_a_run_that_was_killed_has_the_values_that_its_program_has_set(tmp_path: Path) -> None:
    within = "rate[0] = 0.25 if step < 20 else 0.125"  # after the step at which it is noticed
    with program(tmp_path, within=within) as process:
        _, record = started(process)
        wait_until(lambda: '"learning rate": 0.125' in record.read_text(), "the value in the record")
        process.kill()
        process.wait()
    status = find("digits").status
    assert (status.state, status.settings[0].value) == ("died", 0.125)


def test_only_the_first_of_several_ranks_reports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    other = bpsteer.start("digits", paused=True)
    for step in other.steps(3):
        other.report(loss=step)
    assert (other.step, all_runs(), other.record.exists()) == (3, ([], []), False)
    monkeypatch.setenv("RANK", "0")
    released = threading.Event()

    def measure(weight: float) -> dict[str, float]:
        released.wait(DEADLINE)
        return {"loss": weight}

    first = Training(measure=measure, state_steps=1)
    first.thread.start()
    wait_until(lambda: find("digits").status.waiting == (), "an answer")
    refused: list[str] = []
    requests: list[tuple[str, dict[str, object]]] = [
        ("set", {"name": RATE, "value": 0.1}),
        ("back", {"step": 0}),
    ]
    requests += [("step", {"count": 1}), ("pause", {}), ("stop", {})]
    asked = [
        threading.Thread(
            target=lambda verb=verb, fields=fields: refused.append(first.refusal(verb, **fields))
        )
        for verb, fields in requests
    ]
    for thread in asked:
        thread.start()
    wait_until(lambda: len(find("digits").status.waiting) == len(requests), "all requests")
    released.set()
    for thread in (*asked, first.thread):
        thread.join(DEADLINE)
    assert {*refused} == {"digits is rank 0 of 4 processes, which only reports: the others would not follow"}
    assert len(refused) == len(requests)
    assert (len(first.seen), find("digits").status.states) == (1000, ())
    with pytest.raises(ValueError, match="several processes"):
        bpsteer.start("digits", replay=first.run.record)


def fake_torch() -> Any:
    return SimpleNamespace(
        save=pickle.dump,
        load=lambda file, weights_only: pickle.load(file),
        get_rng_state=lambda: b"",
        set_rng_state=lambda state: None,
        cuda=SimpleNamespace(is_available=lambda: False),
    )


def test_a_state_of_pytorch_has_all_random_generators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    save, load = bpsteer.torch_state()
    data = save()
    drawn = random.random(), np.random.random()
    load(data)
    assert (random.random(), np.random.random()) == drawn
    assert pickle.load(io.BytesIO(data))["parts"] == []


def test_groups_with_one_value_are_set_together() -> None:
    groups: list[dict[str, float]] = [
        {"lr": 0.1, "weight_decay": 0.0},
        {"lr": 0.1, "weight_decay": 0.5},
        {"lr": 0.1},
    ]
    settings = {each.name: each for each in bpsteer.torch_settings(SimpleNamespace(param_groups=groups))}
    assert list(settings) == [
        RATE,
        *(f"{RATE} of group {number}" for number in (1, 2, 3)),
        *(f"weight decay of group {number}" for number in (1, 2)),
    ]
    settings[RATE].write(0.3)
    assert [group["lr"] for group in groups] == [0.3, 0.3, 0.3]
    settings[f"{RATE} of group 2"].write(0.2)
    assert (settings[RATE].read(), settings[f"{RATE} of group 2"].read()) == (None, 0.2)


def test_a_group_that_a_person_sets_undoes_nothing() -> None:
    groups = [{"lr": 0.1}, {"lr": 0.1}]
    run = bpsteer.start("groups", bpsteer.torch_settings(SimpleNamespace(param_groups=groups)), paused=True)
    thread = threading.Thread(target=lambda: [*run.steps(9)])
    thread.start()
    for name, value in ((f"{RATE} of group 1", 0.2), (RATE, 0.3), (f"{RATE} of group 2", 0.4)):
        assert call("attach", "groups", "set", *name.split(), str(value)).status == 0
        assert call("attach", "groups", "step").status == 0
    assert find("groups").status.notes == ()
    assert call("attach", "groups", "stop").status == 0
    thread.join()
    run.close()


def test_a_state_that_is_too_large_is_said_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    with training(save=lambda: b"x" * 101, max_state_bytes=100):
        wait_until(lambda: find("digits").status.problem, "the problem")
        problem = "the state is too large: it has 101 bytes, and there is room for 100 (max_state_bytes)"
        assert find("digits").status.problem == problem
        assert capsys.readouterr().err == f"bpsteer: digits: {problem}\n"


def test_a_stored_state_can_be_returned_to_if_the_present_one_can_not_be_saved() -> None:
    with training(max_state_bytes=5) as trained:
        trained.ask(
            "step", count=3
        )  # 1.5 has as many bytes as 0.0, and both have one more than there is room
        text = trained.ask("back", step=0)
        assert text.startswith(
            "digits is back at step 0, and paused (that of step 3 was not saved: the state"
        )
        assert trained.weight == 0.0
        assert [each.step for each in find("digits").status.states] == [0]


def test_the_first_state_is_kept_and_the_middle_is_thinned() -> None:
    states = SavedStates(1000)
    for step in range(100):
        states.add(SavedState(step, 0, b"x" * 100, Journal()))
    steps = [each.step for each in states.kept]
    assert (len(steps), steps[0], steps[-1]) == (10, 0, 99)
    spared = states.kept[5]
    states.add(SavedState(100, 0, b"x" * 850, Journal()), spared)
    assert [each.step for each in states.kept] == [spared.step, 100]


def test_a_framework_that_owns_the_loop_calls_tick() -> None:
    steps: list[float] = []
    rate = [0.5]
    run = bpsteer.start(
        "fit",
        [bpsteer.number(RATE, lambda: rate[0], lambda value: rate.__setitem__(0, value), low=0, high=1)],
        save=lambda: b"",
        load=lambda data: None,
        paused=True,
    )

    def fit() -> None:
        while True:
            steps.append(rate[0])
            run.report(loss=1.0)
            if not run.tick():
                break
        run.close()

    thread = threading.Thread(target=fit)
    thread.start()
    assert call("attach", "fit", "step", "2").out == "fit is paused at step 3\n"
    assert call("attach", "fit", "set", RATE, "0.25").status == 0
    for request in ("back 0", "save"):
        done = call("attach", "fit", *request.split())
        assert done.complaint.endswith(
            "the run has no states: a framework owns its loop, whose counter and samples would not return"
        )
    assert call("attach", "fit", "step").out == "fit is paused at step 4\n"
    assert call("attach", "fit", "stop").status == 0
    thread.join()
    assert steps == [0.5, 0.5, 0.5, 0.25]


def test_a_report_that_is_no_number_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with bpsteer.start("odd") as run:
        for step in run.steps(3):
            run.report({"train/loss": step, 5: 1.0, "x" * 99: 1.0}, huge=10**400, none=None, text="x", loss=2)  # type: ignore[arg-type, dict-item]
        assert find("odd").status.metrics == {"train/loss": 2.0, "loss": 2.0}
        assert "a report is not complete: " in find("odd").status.notes[0]
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_a_setter_that_wants_to_end_the_program_is_refused(error: BaseException) -> None:
    with training() as trained:

        def end(_rate: float) -> None:
            raise error

        trained.run._settings[RATE]._set = end
        assert trained.refusal("set", name=RATE, value=0.1).startswith(f"{RATE}: {type(error).__name__}")
        assert trained.ask("step", count=2) == "digits is paused at step 2"
