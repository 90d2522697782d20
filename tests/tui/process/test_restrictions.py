"""The limits of a restricted screen."""

from __future__ import annotations

import asyncio
import io
import math
import os
import random
import shutil
from pathlib import Path
from unittest import mock

import pytest
from textual.events import Key

from bpengine import FIELD, TrainingConfig
from bptui.dialogue.dialogue import Dialogue
from bptui.lessons.library import SHIPPED
from bptui.process.restrictions import (
    BUSY,
    FIRST_DIVISOR,
    MAX_DIVISOR,
    MAX_REST_SECONDS,
    RESERVE_SECONDS,
    SHRINKING,
    UNRESTRICTED,
    Allowance,
    ProcessorShare,
    Restrictions,
)
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.terminal.guard import TerminalGuard
from bptui.screen.terminal.textual_internals import until_idle
from bptui.session.snapshot import Stage
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import lines, notes
from tests.tui.support.dialogues import said
from tests.tui.support.driving import press, rest, until

LIMITS = Restrictions()


def make_app() -> BptuiApp:
    return BptuiApp(StartSettings(paused=True, kernel="numpy"), allowance=Allowance(LIMITS))


def test_a_restricted_screen_allows_the_defaults() -> None:
    assert LIMITS.refusal(TrainingConfig.defaults("regression")) == ""
    assert LIMITS.refusal(TrainingConfig.defaults("classification")) == ""


@pytest.mark.parametrize("changes", [{"hidden_units": (100, 29)}, {"samples": 2001}])
def test_settings_beyond_the_restrictions_are_refused_in_one_line(changes: dict[str, object]) -> None:
    refusal = LIMITS.refusal(TrainingConfig.defaults("classification", **changes))
    assert "at most" in refusal
    assert "\n" not in refusal


def test_a_restricted_process_keeps_no_variable_that_changes_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TEXTUAL_LOG", "PYTHONPATH", "LD_PRELOAD", "COLUMNS", "SSH_ORIGINAL_COMMAND", "NUMBA_DEBUG"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before = dict(os.environ)
    try:
        LIMITS.clean_environment()
        left = set(os.environ)
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert "LC_ALL" in left
    assert {name for name in left if not name.startswith("LC_")} <= {
        *LIMITS.variables,
        "OPENBLAS_NUM_THREADS",
    }


def test_a_restricted_session_ends_when_nobody_types() -> None:
    now = 0.0
    allowance = Allowance(LIMITS, clock=lambda: now)
    now = 60 * 29.0
    assert (allowance.seconds_left(), allowance.farewell) == (60, "")
    now = 60 * 30.0
    assert allowance.seconds_left() == 0
    assert allowance.farewell == "the session ended after 30 minutes without a key"


class Machine:
    """A processor that lets others go first for a part of each slice."""

    def __init__(self) -> None:
        self.now = self.used = self.others = 0.0
        self.share = ProcessorShare(0.5, lambda: self.now, lambda: self.used)

    def train(self, seconds: float) -> float:
        """Train in slices whenever that is allowed, and return the share of the processor that was used."""
        until, used = self.now + seconds, self.used
        while self.now < until:
            if not self.share.training_delay():
                self.used += 0.01
                self.now += 0.01 / (1 - self.others)
                self.share.end_slice()
            else:
                self.now += 0.01
        return (self.used - used) / seconds

    def press(self) -> None:
        """Handle a key and draw the answer."""
        self.used += 0.03
        self.now += 0.03

    def hold_a_key_down(self, seconds: float) -> float:
        """Handle each key as soon as that is allowed, and return the share of the processor that was used."""
        until, began, used = self.now + seconds, self.now, self.used
        while self.now < until:
            self.now += self.share.input_delay()
            self.press()
        return (self.used - used) / (self.now - began)


def test_training_uses_no_more_than_its_share_on_an_idle_machine() -> None:
    machine = Machine()
    machine.train(20.0)
    assert machine.train(20.0) == pytest.approx(0.5, abs=0.02)


def test_a_busy_machine_makes_the_share_smaller_and_an_idle_one_larger_again() -> None:
    machine = Machine()
    machine.train(20.0)
    machine.others = 0.9
    machine.train(20.0)
    assert machine.train(20.0) == pytest.approx(0.5 / MAX_DIVISOR, rel=0.2)
    machine.others = 0.0
    machine.train(60.0)
    assert machine.train(20.0) == pytest.approx(0.5, abs=0.02)


def test_the_share_shrinks_as_far_as_others_take_the_processor() -> None:
    delays = []
    for part in (1.0, 0.5):
        machine = Machine()
        machine.train(20.0)
        assert machine.share.training_delay() == pytest.approx(0, abs=0.05)
        machine.now += 0.02
        machine.used += part * BUSY * 0.02
        machine.share.end_slice()
        machine.used += 0.2
        delays.append(machine.share.training_delay())
    assert delays[1] == pytest.approx(2 * delays[0], rel=0.2)


def test_sixty_sessions_leave_time_for_keys_on_two_processors() -> None:
    machines, lengths, step = [Machine() for _ in range(60)], random.Random(1), 0.005
    left = [0.0] * len(machines)
    before: list[float] = []
    for now in range(int(90 / step)):
        if now == int(45 / step):
            before = [machine.used for machine in machines]
        part = step * min(1.0, 2 / max(1, sum(seconds > 0 for seconds in left)))
        for index, machine in enumerate(machines):
            machine.now += step
            if left[index] > 0:  # a slice of training, and a frame
                machine.used += part
                left[index] -= part
                if left[index] <= 0:
                    machine.share.end_slice()
            elif now * step > index / 4 and not machine.share.training_delay():
                left[index] = lengths.uniform(0.02, 0.05)
    shares = [(machine.used - used) / 45 for machine, used in zip(machines, before, strict=True)]
    assert sum(shares) / 2 < 0.85
    assert min(shares) > 0.005, "every run makes progress"


def test_keys_alone_use_no_more_than_the_share_and_a_few_are_answered_at_once() -> None:
    machine = Machine()
    for _ in range(10):
        assert machine.share.input_delay() == 0
        machine.press()
    assert machine.hold_a_key_down(60.0) == pytest.approx(0.5, abs=0.03)
    machine.now += 10.0
    assert machine.share.input_delay() == 0


def test_training_shows_the_effect_of_a_key_at_once_and_rests_when_many_keys_use_up_the_share() -> None:
    machine = Machine()
    machine.others = 0.9
    machine.train(20.0)
    machine.hold_a_key_down(0.1)
    assert machine.share.training_delay() == 0
    machine.used += 0.03
    assert machine.share.training_delay() > 1, "a slice later, the small share holds again"
    machine.hold_a_key_down(10.0)
    assert machine.share.training_delay() > 1


def test_no_key_waits_longer_than_it_takes_to_earn_the_reserve_and_no_run_rests_longer_than_allowed() -> None:
    machine = Machine()
    machine.used += 1000.0
    assert machine.share.input_delay() == RESERVE_SECONDS / 0.5
    assert machine.share.training_delay() == MAX_REST_SECONDS


async def test_without_restrictions_nothing_waits_and_nothing_ends() -> None:
    now = used = 0.0
    allowance = Allowance(clock=lambda: now, used=lambda: used)
    for _ in range(2):
        assert allowance.training_delay() == 0
        await allowance.rest(pytest.fail)
        assert (allowance.seconds_left(), allowance.farewell) == (math.inf, "")
        now, used = 1e6, 2e6


def test_a_session_ends_after_its_longest_time_even_with_keys() -> None:
    now = 0.0
    allowance = Allowance(LIMITS, clock=lambda: now)
    now = 60 * 230.0
    allowance.note_input()
    assert (allowance.seconds_left(), allowance.farewell) == (600, "")
    now = 60 * 240.0
    allowance.note_input()
    assert allowance.seconds_left() == 0
    assert allowance.farewell == "the session ended after 240 minutes, the most that is allowed here"


async def test_training_gets_less_of_a_busy_processor() -> None:
    now = used = 0.0
    allowance = Allowance(LIMITS, clock=lambda: now, used=lambda: used)
    assert allowance.training_delay() == 0
    now = 1.0  # in which the slice did not get the processor
    await asyncio.sleep(0)
    assert allowance.training_delay() == 0
    first = LIMITS.processor_share / FIRST_DIVISOR
    used = (1 + SHRINKING) / 2 * first
    assert allowance.training_delay() > 0


async def test_a_key_waits_for_the_share_of_the_processor() -> None:
    now = used = 0.0
    start = StartSettings(paused=True, kernel="numpy")
    app = BptuiApp(start, allowance=Allowance(LIMITS, clock=lambda: now, used=lambda: used))
    async with app.run_test() as pilot:
        await rest(pilot)
        before = app.view.field
        used = 1000.0
        app.post_message(Key("down", None))
        await until_idle(app)
        assert app.view.field is before
        now = 1000.0
        await until(pilot, lambda: app.view.field is not before)


async def test_training_waits_for_the_share_of_the_processor() -> None:
    now = used = 0.0
    allowance = Allowance(LIMITS, clock=lambda: now, used=lambda: used)
    app = BptuiApp(StartSettings(kernel="numpy"), allowance=allowance)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.view.session.epochs_done > 0)
        used = 1000.0
        before = app.view.session.epochs_done
        for _ in range(10):
            app.view.frames.tick()
        assert app.view.session.stage is Stage.RUNNING
        assert app.view.session.epochs_done == before
        now = 1e5
        while app.view.session.epochs_done == before:  # without waiting for the end of the rest
            app.view.frames.tick()


@pytest.mark.parametrize("restrictions", [LIMITS, UNRESTRICTED], ids=["restricted", "not"])
def test_only_an_unrestricted_screen_trains_in_threads_and_opens_files(
    restrictions: Restrictions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")  # whatever terminal the test runs in
    lesson = shutil.copy(SHIPPED / "hidden-units.toml", tmp_path / "own.toml")
    start, is_allowed = StartSettings(paused=True, kernel="numpy"), restrictions is UNRESTRICTED
    app = BptuiApp(
        start,
        guard=mock.Mock(TerminalGuard),
        open_file=lambda _name, _task, _spell: "read",
        allowance=Allowance(restrictions),
    )
    dialogue = Dialogue(start, open_file=lambda _name, _task, _spell: "read", restrictions=restrictions)
    assert (app.runner.threads > 0) is is_allowed
    for files in (app.files.user_files, dialogue.files):
        assert (files.open("file", "regression") == "read") is is_allowed
    assert bool(app.files.opens_files) is is_allowed
    assert ("there is no lesson" in said(dialogue, f"lesson {lesson}")) is not is_allowed


def test_a_dialogue_waits_for_the_share_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    dialogue = Dialogue(StartSettings(kernel="numpy"), restrictions=LIMITS)
    delays = iter((0.3, 0.0))
    monkeypatch.setattr(ProcessorShare, "input_delay", lambda _share: next(delays))
    monkeypatch.setattr("time.sleep", slept.append)
    dialogue.rest()
    assert slept == [0.3]


async def test_settings_beyond_the_limits_are_refused_on_the_screen() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await rest(pilot)
        app.settings.set(app.view, FIELD["hidden_units"], (129,))
        app.settings.set(app.view, FIELD["samples"], 2001)
        assert app.view.session.config == TrainingConfig.defaults("regression")
        app.settings.set(app.view, FIELD["hidden_units"], (128,))
        assert app.view.session.config.hidden_units == (128,)


async def test_actions_with_files_are_refused_and_the_key_of_such_a_command_says_so() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        for action in LIMITS.actions:
            assert not await app.run_action(action)
            assert not await app.run_action(f"do('{action}')")
            assert app.check_action(action, ()) is False
            assert app.check_action("do", (action,)) is False
        await press(pilot, "w")
        assert "Not possible here: this session may not save or open files." in "\n".join(lines(app))


def test_the_help_of_a_dialogue_lists_only_what_is_possible() -> None:
    for limits, is_listed in ((LIMITS, False), (UNRESTRICTED, True)):
        help = said(Dialogue(StartSettings(kernel="numpy"), restrictions=limits), "help")
        assert ("save" in help, "open" in help, "describe" in help) == (is_listed, is_listed, True)


async def test_help_and_palette_list_only_what_can_be_done() -> None:
    for app, is_listed in ((make_app(), False), (BptuiApp(StartSettings(paused=True, kernel="numpy")), True)):
        async with app.run_test(size=(120, 60)) as pilot:
            await press(pilot, "question_mark", "left")  # to the last page
            text = "\n".join(lines(app))
            assert ("Save a checkpoint, " in text) is is_listed
            assert "Quit." in text
            assert ("save" in {entry.name for entry in app.palette_source.entries("")}) is is_listed


@pytest.mark.parametrize("restrictions", [LIMITS, UNRESTRICTED], ids=["restricted", "not"])
async def test_no_file_and_no_browser_is_opened(
    restrictions: Restrictions, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    def fail(*_arguments: object, **_options: object) -> None:
        raise AssertionError

    app = BptuiApp(StartSettings(paused=True, kernel="numpy"), allowance=Allowance(restrictions))
    async with app.run_test() as pilot:
        await rest(pilot)
        monkeypatch.setattr("builtins.open", fail)
        for name in ("open", "open_new_tab"):
            monkeypatch.setattr(webbrowser, name, fail)
        app.open_url("https://example.org")
        app.save_screenshot()
        app.deliver_screenshot()
        app.deliver_text(io.StringIO("text"))
        app.deliver_binary(io.BytesIO(b"bytes"))


async def test_a_restricted_screen_ends_by_itself_and_says_why() -> None:
    now = 0.0
    app = BptuiApp(StartSettings(paused=True, kernel="numpy"), allowance=Allowance(LIMITS, clock=lambda: now))
    async with app.run_test() as pilot:
        now = 60 * 20
        await press(pilot, "down")
        now = 60 * 49
        app.check_time()
        assert app.allowance.farewell == ""
        now = 60 * 51
        app.check_time()
        assert app.allowance.farewell == "the session ended after 30 minutes without a key"


async def test_a_run_that_can_not_be_kept_can_not_be_saved_either(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("not a folder")
    start = StartSettings(paused=True, kernel="numpy", runs_path=tmp_path / "place" / "runs")
    app = BptuiApp(start, allowance=Allowance(LIMITS))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await rest(pilot)
        assert notes(app) == ["No run can be kept\nnot a directory."]
        await press(pilot, "s", "q", "w")
        assert isinstance(app.screen, Confirmation)
        await press(pilot, "enter")
    assert app.keep_problem == "not a directory"
