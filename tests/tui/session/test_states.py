"""A table of what each command does in each state of a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bpengine import FIELD, Edit, Trainer, TrainingConfig
from bpengine.checkpoint import load
from bpengine.training.timeline import Bookmark
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.clock import Clock
from tests.tui.support.sessions import RATE, trained

Command = Callable[[Session], object]
EDITED, DONE = 30, 66
"""The epochs before the edit, and those of the run. Of so many, only every second one is stored: a rewind or
a visit to another one takes some batches, and can be caught on its way."""

STATES = {
    "N": "a new run",
    "P": "paused after 66 epochs",
    "R": "running, after 66 epochs",
    "F": "finished after 66 epochs",
    "D": "diverged",
    "S": "a step of an epoch is in progress, from 66 epochs",
    "W": "a rewind is in progress, from 66 epochs to 61",
    "V": "on the way from 66 epochs to a look at the epoch after 61",
    "E": "looking at the epoch after 61",
    "X": "on the way from there to the epoch after 51",
    "B": "a branch that began after 61 epochs, paused",
    "Q": "a what-if is on its way to 66 epochs",
    "q": "a what-if is on its way to 66 epochs, paused",
    "A": "a what-if that has arrived, paused",
}
"""All runs but the new and the diverged one have an edit after 30 epochs."""


@cache
def before_the_edit(config: TrainingConfig) -> Bookmark:
    return trained(config, EDITED).bookmark()


def session_in(state: str) -> Session:
    """A session in this state, in which a slice of time is enough for one batch only."""
    changes: dict[str, dict[str, Any]] = {"F": {"epochs": DONE}, "D": {"learning_rate": 10.0}}
    config = TrainingConfig.defaults("regression", samples=3, report_interval=10, **changes.get(state, {}))
    trainer, clock = Trainer(config), Clock(1.0)
    if state not in "ND":
        trainer.return_to(before_the_edit(config))
    session = Session(config, restored=trainer, clock=clock)
    if state not in "ND":
        session.do(commands.toggle_edit, "freeze", (0, 0))
        clock.step = 0.0  # it stands still until the last epoch, which saves time
        session.advance_to(DONE - 2)
        clock.step = 1.0
    if state != "N":
        session.advance_to(DONE - 1)
    if state in "VEXB":
        session.do(commands.scrub, -1)
    if state in "EXB":
        wait(session)
    match state:
        case "R" | "B":
            session.do(commands.toggle)
        case "S":
            session.do(commands.step_epoch)
        case "W":
            session.do(commands.rewind)
        case "X":
            session.do(commands.scrub, -1)
        case "Q" | "q" | "A":
            session.do(commands.toggle_what_if)
            session.do(commands.change, RATE, 0.2)
    match state:
        case "B" | "q":
            session.do(commands.toggle)
        case "A":
            wait(session)
    session.do(commands.say, "")
    return session


def wait(session: Session) -> None:
    """Let time pass until nothing is in progress."""
    while session.in_progress:
        session.tick()


def escape(session: Session) -> None:
    """What the key esc does."""
    if session.in_progress:
        session.do(commands.stop)
    else:
        session.do(commands.leave_view)


def undo_and_redo(session: Session) -> None:
    session.do(commands.undo)
    session.do(commands.redo)


def switch_what_if(session: Session, *, on: bool) -> None:
    if session.document.what_if is not on:
        session.do(commands.toggle_what_if)


def change(name: str, value: object, *, what_if: bool) -> Command:
    """A change of a setting with or without what-if, whatever it was before."""

    def command(session: Session) -> None:
        switch_what_if(session, on=what_if)
        session.do(commands.change, FIELD[name], value)

    return command


def doing(command: Callable[..., Transition], *arguments: object) -> Command:
    """A command of a session."""
    return lambda session: session.do(command, *arguments)


COMMANDS: dict[str, Command] = {
    "space": doing(commands.toggle),
    "esc": escape,
    "step of an epoch": doing(commands.step_epoch),
    "step of a sample": doing(commands.step_samples, 1),
    "step in the box": doing(commands.step_batch),
    "step back in the box": lambda session: session.do(commands.step_back),
    "box opened": doing(commands.pause),
    "restart": doing(commands.restart),
    "new seed": doing(commands.new_seed),
    "learning rate": change("learning_rate", 0.4, what_if=False),
    "hidden units": change("hidden_units", (4,), what_if=False),
    "learning rate with what-if": change("learning_rate", 0.4, what_if=True),
    "more epochs": doing(commands.change, FIELD["epochs"], 2500),
    "fewer epochs": doing(commands.change, FIELD["epochs"], 40),
    "edit": doing(commands.toggle_edit, "knock_out", (0, 1)),
    "edit without effect": doing(commands.edit, Edit("unfreeze", 0, 1)),
    "undo": doing(commands.undo),
    "undo and redo": undo_and_redo,
    "rewind": doing(commands.rewind),
    "an earlier epoch": doing(commands.scrub, -1),
    "the latest epoch": doing(commands.view, DONE),
    "what-if off": lambda session: switch_what_if(session, on=False),
}

TABLE = """
space
    NPBA | to R
    R    | to P
    F    | says The run has finished
    D    |
    S    | to P; says The step was stopped
    W    | to P; at 66; says The rewind was stopped
    V    | to P; at 66; says Stopped on the way
    E    | to R; baseline 66, shared to 61; undo a branch
    X    | to E; at 61; says Stopped on the way
    Q    | to q
    q    | to Q
esc
    NPRFDBqA |
    S    | to P; says The step was stopped
    W    | to P; at 66; says The rewind was stopped
    V    | to P; at 66; says Stopped on the way
    E    | to P; at 66; says Back at epoch 65
    X    | to E; at 61; says Stopped on the way
    Q    | to P; goal none; missing 1; says Not repeated
step of an epoch
    N    | to S; at 0.1
    PRWVA | to S; at 66.1
    F    | says The run has finished
    D    |
    S    | at 66.2
    EX   | to S; at 61.1; baseline 66, shared to 61; undo a branch
    B    | to S; at 61.1
    Qq   | to S; at 0.2
step of a sample
    N    | to P; at 0.1
    PA   | at 66.1
    RWV  | to P; at 66.1
    FD   |
    S    | to P; at 66.2
    EX   | to P; at 61.1; baseline 66, shared to 61; undo a branch
    B    | at 61.1
    Q    | to q; at 0.2
    q    | at 0.2
step in the box
    N    | to P; at 0.1
    PA   | at 66.1
    R    | to P; at 66.1
    FDSWVXQ |
    E    | to P; at 61.1; baseline 66, shared to 61; undo a branch
    B    | at 61.1
    q    | at 0.2
step back in the box
    N    | says there is no earlier step
    PA   | at 65.2; undo step back
    RF   | to P; at 65.2; undo step back
    D    | to P; at 44.2; undo step back
    SWVXQ |
    E    | to P; at 60.2; baseline 66, shared to 61; undo a branch
    B    | at 60.2; undo step back
    q    | to N; at 0; undo step back
box opened
    NPFDEBA |
    RS   | to P
    WV   | to P; at 66
    X    | to E; at 61
    Qq   | to P; goal none; missing 1
restart: undo restart; says without the edits
    N    | says the same start
    PSWVEX | to N; at 0
    R    | at 0
    F    | to R; at 0
    D    | to R; at 0; says the same start
    B    | to N; at 0; baseline none
    Qq   | to N; at 0; goal none; missing 1
    A    | to N; at 0; missing 1
new seed: undo seed 0 → 1; says New seed 1
    N    |
    PSWVEX | to N; at 0
    R    | at 0
    FD   | to R; at 0
    B    | to N; at 0; baseline none
    Qq   | to N; at 0; goal none; missing 1
    A    | to N; at 0; missing 1
learning rate: undo → 0.4; says space continues with it
    N    | says space starts the training with it
    PB   |
    RS   | says the network continues
    F    | says when the run restarts
    D    | says to restart with it
    WV   | to P; at 66
    E    | to P; baseline 66, shared to 61
    X    | to P; at 61; baseline 66, shared to 61
    Q    | baseline none; says the network continues
    qA   | baseline none
hidden units: undo 3 → 4; says the run restarts
    N    | says space starts the training with it
    PSWVEX | to N; at 0
    R    | at 0
    FD   | to R; at 0
    BA   | to N; at 0; baseline none
    Qq   | to N; at 0; goal none; baseline none
learning rate with what-if: undo → 0.4
    N    | baseline 0
    PFWV | to Q; at 0.1; goal 66; baseline 66
    R    | to Q; at 0.1; goal 66, then on; baseline 66
    D    | to Q; at 0.1; goal 45; baseline 45
    S    | to Q; at 0.1; goal 66; baseline 66.1
    EXB  | to Q; at 0.1; goal 61; baseline 61
    Q    |
    q    | to Q
    A    | to Q; at 0.1; goal 66
more epochs: undo → 2500; says space continues with it
    N    | says space starts the training with it
    PBqA |
    RSQ  | says the network continues
    F    | to P
    D    | says to restart with it
    WV   | to P; at 66
    E    | to P; baseline 66, shared to 61
    X    | to P; at 61; baseline 66, shared to 61
fewer epochs: undo → 40; says when the run restarts
    N    | says space starts the training with it
    PRSBA | to F
    F    |
    D    | says to restart with it
    WV   | to F; at 66
    E    | to F; baseline 66, shared to 61
    X    | to F; at 61; baseline 66, shared to 61
    Q    | says the network continues
    q    | says space continues with it
edit: undo unit 2 of layer 1 knocked out; says takes effect at once
    NPRFSBQqA |
    D    | to P
    WV   | to P; at 66
    E    | to P; baseline 66, shared to 61
    X    | to P; at 61; baseline 66, shared to 61
edit without effect: says is not frozen
    NPRFDSEBQqA |
    WV   | to P; at 66
    X    | to E; at 61
undo: undo one change less; says Undone
    ND   | undo; says Nothing to undo
    P    | at 30
    RFSWVEX | to P; at 30
    B    | at 66; baseline none
    Qq   | to P; at 66; goal none; baseline none
    A    | baseline none
undo and redo: says Redone
    ND   | says Nothing to redo
    PFBA |
    RS   | to P
    WVEX | to P; at 66
    Q    | to q
    q    |
rewind
    N    | undo rewind; says Back at the start
    PRFSA | to W; at 60.1
    D    | to P; at 41; undo rewind; says Back after epoch 40
    W    |
    V    | to W
    E    | to P; baseline 66, shared to 61; undo a branch; says The run is back at epoch 60
    X    | to P; at 61; baseline 66, shared to 61; undo a branch; says The run is back at epoch 60
    B    | to W; at 50.1
    Qq   | to N; at 0; goal none; missing 1; undo rewind; says Back at the start
an earlier epoch
    N    | says no earlier epoch yet
    PRFSA | to V; at 60.1
    D    | to E; at 41
    W    | to V
    V    | at 50.1
    EB   | to V; at 50.1
    X    | at 40.1
    Qq   | to E; at 0
the latest epoch
    NPFDBqA |
    RS   | to P
    W    | to P; at 66
    VEX  | to P; at 66; says Back at epoch 65
    Q    | to q
what-if off
    NPRFDSWVEXB |
    QqA  | baseline none; says What if is off
"""
"""What each command does in each state, by its letter. Only what it changes is listed: the state (to), the
epoch with the sample in it (at), the goal of a what-if, the run that is compared with (baseline), how many of
its edits are missing, words of what can be undone, and words of the answer. Effects in the line of the
command are those of all states, unless the line of the state says something else."""


def letter(session: Session, advice: str) -> str:
    """The state by its letter, as the status line shows it."""
    first_word = advice.partition(" ")[0]
    match session.stage:
        case Stage.RUNNING:
            return {"Training": "S", "Rewinding:": "W", "Going": "V", "What": "Q"}.get(first_word, "R")
        case Stage.PAUSED if session.is_viewing:
            return "E"
        case Stage.PAUSED:
            return "q" if first_word == "What" else "P"
        case ended:
            return {Stage.READY: "N", Stage.FINISHED: "F", Stage.DIVERGED: "D"}[ended]


def place(epochs: int, samples: int) -> str:
    return f"{epochs}.{samples}" if samples else f"{epochs}"


def seen(session: Session) -> dict[str, str]:
    """What can be seen of the session, except for the answer to the last command."""
    session.do(commands.say, "")
    kept, snapshot = session.state_to_keep().document, session.snapshot()
    found = {"at": place(session.epochs_done, snapshot.run.sample)}
    found["missing"] = "0" if kept.baseline is None else f"{len(kept.missing)}"
    baseline = snapshot.comparison.baseline
    if kept.goal is not None:
        found["goal"] = f"{kept.goal.epoch}{', then on' if kept.goal.runs_on else ''}"
    if baseline is not None and kept.baseline is not None:
        branch = "" if baseline.branched_at is None else f", shared to {baseline.branched_at + 1}"
        found["baseline"] = place(*kept.baseline.run.position) + branch
    return found | {"to": letter(session, snapshot.status.advice)}


def undo_all(session: Session) -> list[str]:
    """Undo all changes; return their words, the oldest first."""
    words: list[str] = []
    while True:
        session.do(commands.undo)
        if session.notice == "Nothing to undo.":
            return words
        words.insert(0, session.notice.removeprefix("Undone: ").partition(". U ")[0])


@cache
def before(state: str) -> tuple[dict[str, str], list[str]]:
    """What can be seen of a session in this state, and what can be undone there."""
    session = session_in(state)
    return seen(session), undo_all(session)


def effects_of(command: Command, state: str) -> dict[str, str]:
    """The effects of a command in a state. After it, the key esc and undo must work."""
    session, (old, could_undo) = session_in(state), before(state)
    command(session)
    says, new = session.notice, seen(session)
    changes = {name: new.get(name, "none") for name in old | new if new.get(name) != old.get(name)}
    escape(session)
    can_undo = undo_all(session)
    if can_undo[: len(could_undo)] == could_undo:
        undo = "".join(can_undo[len(could_undo) :])
    else:
        assert can_undo == could_undo[:-1]
        undo = "one change less"
    return changes | {"undo": undo, "says": says}


def effects_in(line: str) -> dict[str, str]:
    """The effects that a line of the table lists."""
    pairs = (effect.strip().partition(" ") for effect in line.split(";") if effect.strip())
    return {name: words for name, _, words in pairs}


def table() -> dict[str, dict[str, dict[str, str]]]:
    """The effects by command and state."""
    effects: dict[str, dict[str, dict[str, str]]] = {}
    for line in TABLE.strip().splitlines():
        states, is_row, row = line.partition("|")
        if not is_row:
            command, _, of_all = line.partition(":")
            effects[command] = {}
        for state in states.strip() if is_row else "":
            assert state not in effects[command], f"{command}: {state} is there twice"
            effects[command][state] = {"undo": "", "says": ""} | effects_in(of_all) | effects_in(row)
    return effects


def test_the_table_of_states_has_each_command_in_each_state() -> None:
    assert {command: set(rows) for command, rows in table().items()} == {
        name: set(STATES) for name in COMMANDS
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_does_in_each_state_what_the_table_says(name: str) -> None:
    listed, found = table()[name], {state: effects_of(COMMANDS[name], state) for state in STATES}
    for state, effects in listed.items():
        for words in ("undo", "says"):  # some of the words are enough, but none means none
            actual = found[state][words]
            if effects[words] and effects[words] in actual:
                effects[words] = actual
    assert found == listed


ASIDE: dict[str, Command] = {
    "pin": doing(commands.toggle_pin),
    "speed": doing(commands.change_speed, 1),
    "cloud": doing(commands.toggle_cloud),
}
"""Commands that neither stop nor change anything."""


@pytest.mark.parametrize("name", ASIDE)
def test_commands_beside_the_run_change_nothing_in_any_state(name: str) -> None:
    for state in STATES:
        effects = effects_of(ASIDE[name], state)
        del effects["says"]
        assert effects == {"undo": ""}, state


@pytest.mark.parametrize("state", STATES)
def test_the_run_on_the_screen_is_pinned_and_saved_and_the_latest_is_kept(state: str, tmp_path: Path) -> None:
    session, (old, _) = session_in(state), before(state)
    session.do(commands.toggle_pin)
    session.save(tmp_path / "run.bptui")
    kept = session.state_to_keep()
    assert seen(session) == old
    if state in "WVX":
        session.do(commands.stop)
    shown, saved = session.snapshot(), load(tmp_path / "run.bptui")
    for run in (
        session.snapshot().comparison.pins[0].snapshot,
        Session(saved.config, restored=saved).snapshot(),
    ):
        assert (run.run.epoch, run.run.sample) == (shown.run.epoch, shown.run.sample)
        for found, expected in zip(run.network.layers, shown.network.layers, strict=True):
            assert (found == expected).all()
    session.do(commands.leave_view)
    latest = session.snapshot().run
    assert place(*kept.document.run.position) == place(session.epochs_done, latest.sample)


@pytest.mark.parametrize("state", STATES)
def test_the_second_press_of_the_pin_key_unpins_the_run(state: str) -> None:
    session = session_in(state)
    session.do(commands.toggle_pin)
    session.do(commands.toggle_pin)
    assert not session.snapshot().comparison.pins


def test_undoing_an_opened_file_restores_the_aim_of_the_defaults() -> None:
    session = session_in("P")
    began_with = session.config
    session.open(Trainer(TrainingConfig.defaults("regression", learning_rate=0.3)), name="other.toml")
    session.do(commands.undo)
    session.do(commands.change, RATE, 0.2)
    session.do(commands.defaults)
    assert session.config == began_with
    session.do(commands.undo)
    session.do(commands.undo)
    session.do(commands.redo)
    session.do(commands.redo)
    session.do(commands.redo)
    assert session.config == began_with
