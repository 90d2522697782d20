"""Edits of the run on screen: undone with u, kept, compared, and never taken for a clean run."""

from __future__ import annotations

import re

import numpy as np

from bpengine import Edit, Trainer
from bptui.screen.widgets.status_line import items_line, status_text
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.sentences.comparisons import compare
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.sessions import make_session, run_to_the_end, step

OUT = Edit("knock out", 0, 1)


def line(session: Session, width: int = 118) -> str:
    return items_line(status_text(session.snapshot()), width, "").plain


def at(epochs: int) -> Session:
    session = make_session(epochs=20, samples=20, report_interval=5)
    for _ in range(epochs):
        step(session)
    return session


def test_an_edit_is_shown_in_status_network_and_words() -> None:
    session = at(3)
    assert "edited" not in line(session)
    session.do(commands.edit, OUT)
    snapshot = session.snapshot()
    assert (
        snapshot.status.advice
        == "Unit 2 of layer 1 knocked out: takes effect at once; space continues with it."
    )
    assert "edited at epoch 3" in line(session)
    assert "edited" in line(session, 78)
    assert snapshot.network.knocked_out == {(0, 1)}
    assert snapshot.network.is_frozen(0, 1)
    assert snapshot.network.is_frozen(1, 0, 1)
    assert not snapshot.network.is_frozen(1, 0)
    assert "The network was edited: unit 2 of layer 1 knocked out in epoch 3." in describe(snapshot)


def test_an_edit_of_a_unit_that_is_knocked_out_is_refused_with_what_to_do() -> None:
    session = at(3)
    session.do(commands.edit, OUT)
    for edit, notice in (
        (OUT, "Unit 2 of layer 1 is knocked out already."),
        (Edit("set", 1, 0, 1, 0.5), "W2[2,1]: unit 2 of layer 1 is knocked out: bring it back first."),
        (
            Edit("unfreeze", 0, 1),
            "Unit 2 of layer 1 is knocked out: it stays frozen until K brings it back.",
        ),
        (Edit("unfreeze", 0, 1, 0), "W1[1,2] stays frozen until unit 2 of layer 1 is brought back (K)."),
        (Edit("unfreeze", 1, 0, 1), "W2[2,1] stays frozen until unit 2 of layer 1 is brought back (K)."),
    ):
        session.do(commands.edit, edit)
        assert session.notice == notice


def test_an_edit_is_undone_redone_and_ended_by_a_restart() -> None:
    session = at(3)
    before = session.snapshot().network.layers
    session.do(commands.edit, OUT)
    session.do(commands.undo)
    assert session.notice.startswith("Undone: unit 2 of layer 1 knocked out")
    for one, other in zip(session.snapshot().network.layers, before, strict=True):
        np.testing.assert_array_equal(one, other)
    session.do(commands.redo)
    session.do(commands.toggle)
    run_to_the_end(session)
    assert session.stage is Stage.FINISHED
    assert "edited at epoch 3" in line(session)
    session.do(commands.restart)
    assert session.notice == "Restarted with seed 0, without the edits of the previous run."
    assert not session.snapshot().run.edits


def test_an_edit_says_whether_it_acts_before_training_continues() -> None:
    def said(session: Session, edit: Edit) -> str:
        error = session.snapshot().run.metrics.error
        session.do(commands.edit, edit)
        assert (session.snapshot().run.metrics.error != error) == ("at once" in session.notice)
        return session.notice.partition(": ")[2]

    frozen = Edit("freeze", 0, 0)
    session = at(0)
    assert said(session, OUT) == "takes effect at once; space starts the training with it."
    assert said(session, frozen) == "space starts the training with it."
    session = at(2)
    assert said(session, Edit("set", 0, 0, 0, 0.5)) == "takes effect at once; space continues with it."
    assert said(session, frozen) == "space continues with it."
    session.do(commands.toggle)
    assert said(session, OUT) == "takes effect at once; training continues with it."
    run_to_the_end(session)
    assert said(session, Edit("bring back", 0, 1)) == "takes effect at once; the run has finished."
    assert said(session, Edit("freeze", 1)) == "takes effect once the run continues with more epochs."


def test_an_edited_run_is_kept_rewound_and_compared() -> None:
    session = at(6)
    session.do(commands.toggle_pin)
    session.do(commands.edit, Edit("set", 0, 0, 0, 0.5))
    session.do(commands.edit, Edit("freeze", 0))
    step(session)
    kept = session.state_to_keep()
    assert kept is not None
    other = make_session()
    other.take_state(kept, paused=True)
    assert other.snapshot().run.edited == "edited 2 times from epoch 6 on"
    assert other.kept.is_worth_keeping
    snapshot = session.snapshot()
    assert snapshot.comparison.pins[0].changes == ("edits 0 → 2",)
    reference = snapshot.comparison.reference
    assert reference is not None
    assert compare(reference, snapshot).startswith("edits 0 → 2: epoch error ")
    session.do(commands.toggle_cloud)
    session.run_until_idle()
    advice = session.snapshot().status.advice
    assert advice.startswith("This run was edited 2 times from epoch 6 on, the starts were not: it is better")
    text = describe(session.snapshot())
    assert text.count("better than") == 1
    assert re.search(
        r"This run, which was edited 2 times [a-z0-9 ]+, is better than \d+ of \d+ starts, which were not",
        text,
    )
    session.do(commands.rewind, 6)
    assert len(session.snapshot().run.edits) == 2
    session.do(commands.rewind, 5)
    assert not session.snapshot().run.edits


def test_steps_back_over_an_edit_are_exact() -> None:
    session = at(2)
    session.do(commands.edit, OUT)
    session.do(commands.pause)
    for _ in range(3):
        session.do(commands.step_batch)
    session.do(commands.edit, Edit("freeze", 1))
    session.do(commands.step_batch)
    end = session.run
    session.do(commands.pause)  # so that the steps have to be trained again
    for samples, edits in ((3, 2), (2, 1)):
        session.do(commands.step_back)
        assert (session.run.samples_done, len(session.run.edits)) == (samples, edits)
    session.do(commands.undo)
    assert session.run is end
    expected = Trainer(session.config)
    expected.run_epoch()
    expected.run_epoch()
    expected.edit(OUT)
    for _ in range(3):
        expected.step()
    expected.freeze(1)
    expected.step()
    np.testing.assert_array_equal(expected.run_state().parameters, end.parameters)


def test_an_edit_of_a_unit_that_is_gone_is_refused() -> None:
    """As after a key that came before the smaller network was shown."""
    session = make_session(hidden_units=(1,))
    for command in ("freeze", "knock_out"):
        session.do(commands.new_seed)
        session.do(commands.toggle_edit, command, (0, 1))
        assert session.notice == "This network has no unit 2 of layer 1."
    assert session.run.edits == ()
