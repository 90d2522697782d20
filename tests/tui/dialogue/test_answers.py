"""What commands do to the run, to the bit, and what is answered."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bpengine import TrainingConfig, verdict
from bpengine.checkpoint import load
from bpengine.many.advice import Advice, TriedChange
from bpengine.many.advice.trials import compare
from bpengine.training.timeline import Keyframes
from bptui.cli.opening import try_open
from bptui.cli.screen import parser, start_settings
from bptui.dialogue.conversation import greeting
from bptui.dialogue.dialogue import Dialogue
from bptui.experiments.beside import MAX_WORK
from bptui.experiments.runner import Plan, Runner, SlicedJob
from bptui.features.advice import talk
from bptui.process.restrictions import RESTRICTED, Restrictions
from bptui.session import commands
from bptui.session.description.words import line_of
from bptui.session.snapshot import MAX_UNITS, Stage
from bpwords.numbers import number
from tests.tui.support.clock import Clock
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.sessions import assert_same, trained


def test_a_run_in_pieces_is_the_same_run_and_each_report_is_said() -> None:
    dialogue = dialogue_of(epochs=40, report_interval=10)
    assert said(dialogue, "step 5 samples").startswith("It is paused in epoch 0 of 40, at sample 5 of 63.")
    said(dialogue, "step sample", "step", "s 2 epochs")
    assert_same(dialogue.session, dialogue.session.config, 3)
    lines = said(dialogue, "run 10").splitlines()
    alone = trained(dialogue.session.config, 40)
    reports = {record.epoch: number(record.error) for record in alone.history.reports}
    assert lines[0] == f"Epoch 10 of 40: error {reports[10]}."
    assert lines[1].startswith("It is paused after epoch 12 of 40. The epoch error is")
    said(dialogue, "run to epoch 19", "rewind")
    assert_same(dialogue.session, dialogue.session.config, 11)
    lines = said(dialogue, "run").splitlines()
    assert lines[:2] == [f"Epoch {epoch} of 40: error {reports[epoch]}." for epoch in (20, 30)]
    assert lines[2].startswith("It finished after epoch 39, the last of 40.")
    assert_same(dialogue.session, dialogue.session.config, 40)
    assert said(dialogue, "run").startswith("Nothing to train. Finished.")
    # The last epoch of a finished run is listed, too.
    assert said(dialogue, "errors 3").splitlines()[1:3] == lines[:2]


def test_a_run_to_epoch_0_trains_the_first_epoch() -> None:
    dialogue = dialogue_of()
    assert said(dialogue, "run to 0").splitlines()[-1].startswith("It is paused after epoch 0 of 2001.")
    assert said(dialogue, "run to epoch 0") == 'The run is past epoch 0; "rewind" goes back.'


def test_a_pause_keeps_the_run_where_it_is() -> None:
    asked = iter([False] * 3 + [True] * 9)
    dialogue = dialogue_of(report_interval=1, pause_requested=lambda: next(asked, True))
    lines = said(dialogue, "run").splitlines()
    done = dialogue.session.epochs_done
    assert 0 < done < 10
    assert lines[-1].startswith(f"It is paused after epoch {done - 1} of 2001.")
    assert_same(dialogue.session, dialogue.session.config, done)


def test_a_what_if_of_the_dialogue_is_compared_with_the_run_before_and_undone() -> None:
    dialogue = dialogue_of(report_interval=5)
    assert said(dialogue, "compare").startswith('Nothing to compare with: "pin" pins this run;')
    said(dialogue, "run 10", "what if on")
    answer = said(dialogue, "set learning rate 0.5")
    old, new = (
        trained(TrainingConfig.defaults("regression", report_interval=5, learning_rate=rate), 10).history.last
        for rate in (0.1, 0.5)
    )
    assert old is not None
    assert new is not None
    assert answer == (
        f"The run before the what-if has an epoch error of {number(old.error)} in epoch 9, "
        f"this one {number(new.error)}; it has learning rate 0.1 (now 0.5)."
    )
    assert answer in said(dialogue, "status")
    assert answer == said(dialogue, "compare")
    assert said(dialogue, "undo").startswith(
        'Undone: learning rate from 0.1 to 0.5. "redo" redoes it; "run" continues.'
    )
    assert dialogue.session.config.learning_rate == 0.1
    said(dialogue, "redo", "what if off")
    assert dialogue.session.config.learning_rate == 0.5


def test_the_dialogue_pins_and_unpins_runs_by_their_letters() -> None:
    dialogue = dialogue_of()
    said(dialogue, "run 2", "pin", "run 3", "pin")
    assert "Pinned run B has an epoch error of" in said(dialogue, "pins")
    assert said(dialogue, "unpin x").startswith("The letter of a pin must be A or B")
    assert said(dialogue, "unpin a") == 'Unpinned A. "undo" pins it again.'
    assert "Pinned: B." in said(dialogue, "status")
    assert said(dialogue, "unpin x").startswith("The letter of a pin must be B")
    assert said(dialogue, "unpin").startswith("Unpinned B.")
    assert said(dialogue, "unpin").startswith("No run is pinned")


def test_a_restarted_run_is_compared_with_the_run_before_and_takes_the_defaults() -> None:
    dialogue = dialogue_of(report_interval=5)
    said(dialogue, "set learning rate 0.5", "run 10")
    error = dialogue.snapshot.run.error
    assert error is not None
    said(dialogue, "new seed", "run 2")
    assert said(dialogue, "compare").startswith(
        f"The run before the last restart had an epoch error of {number(error)}"
    )
    assert dialogue.session.config.seed == 1
    assert said(dialogue, "defaults").endswith("the run restarts.")
    assert dialogue.session.config == TrainingConfig.defaults("regression", report_interval=5)


def test_a_restart_waits_for_run_though_the_run_had_ended() -> None:
    dialogue = dialogue_of(epochs=3)
    said(dialogue, "run")
    assert said(dialogue, "restart") == "Restarted with the same seed 0: the same start."
    assert dialogue.session.stage is Stage.READY


@pytest.fixture
def trained_classes() -> Dialogue:
    """A dialogue with a network of two hidden layers after 30 epochs."""
    dialogue = dialogue_of("classification", hidden_units=(4, 3), test_share=0.2)
    said(dialogue, "run 30")
    return dialogue


def test_the_dialogue_says_metrics_and_diagnosis(trained_classes: Dialogue) -> None:
    dialogue, snapshot = trained_classes, trained_classes.snapshot
    metrics = said(dialogue, "metrics").splitlines()
    assert f"error {number(snapshot.run.metrics.error)}, accuracy" in metrics[0]
    assert metrics[1].startswith("On the test samples (88): ")
    assert snapshot.run.metrics.confusion is not None
    assert f"{snapshot.run.metrics.confusion[0, 0]} as above" in metrics[2]
    diagnosis = said(dialogue, "verdict").splitlines()
    diagnostics = dialogue.session.snapshot(measures=MAX_WORK).network.diagnostics
    assert diagnostics is not None
    assert "Sharpness 0.719: for full batches" in diagnosis[0]
    assert "100 full-batch steps never rise above the start at 0.9 of 2." in diagnosis[0]
    assert diagnosis[0] == verdict(diagnostics)
    assert len(diagnosis) == 4


def test_the_dialogue_says_units_and_weights(trained_classes: Dialogue) -> None:
    dialogue = trained_classes
    assert len(said(dialogue, "units").splitlines()) == 7
    assert len(said(dialogue, "weights").splitlines()) == 9
    unit = said(dialogue, "unit 2 of layer 2")
    column = dialogue.snapshot.network.layers[1][:, 1]
    assert f"bias {number(column[-1])}; weights in: {number(column[0])} from unit 1" in unit
    assert unit.startswith("Unit 2 of layer 2, sigmoid: from ")
    assert said(dialogue, "unit output 2").startswith("Output below, softmax")
    assert (
        said(dialogue, "unit 9 of layer 2")
        == "The unit of layer 2 must be a whole number from 1 to 3, got '9'."
    )
    wide = dialogue_of(hidden_units=(MAX_UNITS + 2,))
    assert said(wide, "units").startswith(f"Unit outputs are known for up to {MAX_UNITS} hidden units")
    assert said(wide, "weights").splitlines()[20].startswith(f"These are 20 of {MAX_UNITS + 3} units")


def test_the_dialogue_describes_the_run_and_each_part_of_it(trained_classes: Dialogue) -> None:
    dialogue = trained_classes
    description = said(dialogue, "describe")
    assert description.startswith("The run: Classification: a 2-4-3-2 network")
    assert said(dialogue, "describe run") == description.splitlines()[0].removeprefix("The run: ")
    assert said(dialogue, "describe err").startswith("The epoch error (the mean during epoch")
    assert said(dialogue, "words cloud") == 'The cloud is off: "cloud" turns it on.'
    for wrong in ("nonsense", "error now"):
        assert said(dialogue, f"describe {wrong}").startswith("What to describe must be problem, run, fit, ")
    assert description.endswith('"run" continues, "step" trains one epoch, "set" changes a setting.')


def test_the_runs_of_both_tasks_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dialogue = dialogue_of()
    said(dialogue, "run 3")
    assert said(dialogue, "class").startswith("Classification, seed 0. It is not trained yet")
    said(dialogue, "run 2", "1")
    assert dialogue.session.epochs_done == 3
    assert dialogue.opened == "regression"


def test_the_dialogue_saves_and_exports_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dialogue = dialogue_of()
    said(dialogue, "run 5")
    assert said(dialogue, "save") == "Saved regression-4.bptui."
    again = "save checkpoint regression-4.bptui"
    assert said(dialogue, again).endswith("repeat the command to replace it.")
    assert said(dialogue, again) == "Saved regression-4.bptui."
    np.testing.assert_array_equal(
        load(tmp_path / "regression-4.bptui", kernel="numpy").network.parameters,
        trained(dialogue.session.config, 5).network.parameters,
    )
    for kind, name, text in (
        ("settings", "a b.toml", "hidden_units"),
        ("command line", "c.sh", "bptui regression"),
    ):
        assert said(dialogue, f"save {kind} {name}") == f"Saved {name}."
        assert text in (tmp_path / name).read_text()
    for _ in range(2):  # the second time, in the free name regression-4-2.json
        assert said(dialogue, "export json").endswith(".json: it has test vectors.")
    assert (tmp_path / "regression-4-2.json").exists()
    assert said(dialogue, "export c a.h") == (
        "Saved a.h: check it by cc -std=c99 -DMODEL_TEST -x c a.h -lm && ./a.out."
    )
    assert said(dialogue, "export c a.h") == "a.h exists: repeat the command to replace it."
    said(dialogue, "set learning rate 0.3", "step")
    assert said(dialogue, "save command line d.sh") == (
        "Saved d.sh: a new run with the last settings, not this one."
    )
    for line, why in {
        "save all": "Say what to save, checkpoint, settings or command line, and then the name of the file.",
        "export": "Say what to save, numpy, c, pytorch, onnx or json, and then the name of the file.",
        f"save settings {tmp_path}": f"Not saved: {tmp_path}: is a folder, not a file.",
        "save settings none/x": "Not saved: none/x: can't be written: no such file or directory.",
    }.items():
        assert said(dialogue, line) == why


def test_the_dialogue_opens_a_checkpoint_on_its_task_and_undoes_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dialogue = dialogue_of()
    said(dialogue, "run 5", "save", "set seed 5", "2")
    assert said(dialogue, "open regression-4.bptui").startswith(
        'Opened regression-4.bptui. "run" trains, "undo" returns to the previous run.'
    )
    assert (dialogue.opened, dialogue.session.epochs_done, dialogue.session.config.seed) == (
        "regression",
        5,
        0,
    )
    said(dialogue, "undo")
    assert dialogue.session.config.seed == 5
    for line, why in {
        "open none.csv": "Not opened: none.csv: there is no such file.",
        "open": "Say the name of a checkpoint (.bptui), of a settings file (.toml) or of a CSV file.",
    }.items():
        assert said(dialogue, line) == why


def test_a_csv_file_asks_for_its_target_and_says_how_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("sex,age\nf,20\nm,\nm,40\n")
    dialogue = dialogue_of(start={"notes": ("told at the start",)})
    assert "Told at the start." in list(greeting(dialogue))
    assert said(dialogue, "open people.csv") == (
        "Which column is to be predicted? sex is the only column of texts and has 2 different values. "
        "Say yes, or a name or number of: 1 sex; 2 age."
    )
    for line in ("yes", "sex", "SEX", "1"):
        opened = said(dialogue, "open people.csv", "sxe", "help open", line).splitlines()[-1]
        assert opened.endswith("1 empty cell of age filled with its mean, 30."), "as the form proposes"
        assert said(dialogue, "repeat") == said(dialogue, "again") == opened
    said(dialogue, "open people.csv", "status")
    assert said(dialogue, "sex").startswith("No command begins"), "the question is over"
    assert "--missing mean fills it" in said(dialogue, "open people.csv --target=1")
    answer = said(dialogue, "open people.csv --target=1 --missing mean")
    assert answer.startswith("people.csv with settings that suit it (8 tanh, adam 0.01); ")
    assert answer.endswith("1 empty cell of age filled with its mean, 30.")
    assert dialogue.snapshot.run.dataset.classes == ("f", "m")


def test_few_whole_numbers_are_classes_or_a_number_by_the_next_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{row},{row % 3}\n" for row in range(30))
    Path("kinds.csv").write_text(f"x,kind\n{rows}")
    question = "The column to predict has 3 different whole numbers: say classes, or number."
    at_start = Dialogue(start_settings(parser().parse(["kinds.csv", "--no-state"])), open_file=try_open)
    opened = dialogue_of()
    assert list(greeting(at_start))[-1] == question
    assert said(opened, "open kinds.csv", "kind").endswith(question)
    for dialogue in (at_start, opened):
        assert said(dialogue, "classes").startswith("kinds.csv with settings that suit it")
        assert dialogue.snapshot.run.dataset.classes == ("0", "1", "2")
    assert said(dialogue_of(), "open kinds.csv --target=kind", "number") == "It is predicted as a number."


def test_a_restricted_dialogue_has_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dialogue = dialogue_of(restrictions=RESTRICTED)
    for line, why in {
        "set hidden 100,100": "at most 128 units in all are allowed here, got 200",
        "set samples 2001": "at most 2000 are allowed here, got 2001",
        "save": "no files can be saved or opened here",
        "export json": "no files can be saved or opened here",
        "open /etc/passwd": "no files can be saved or opened here",
        "resume": "No kept run is offered; if there is one, it is offered at the start.",
    }.items():
        assert why in said(dialogue, line)
    assert dialogue.session.config == TrainingConfig.defaults("regression")
    assert not list(tmp_path.iterdir())
    said(dialogue, "run 4")
    assert_same(dialogue.session, dialogue.session.config, 4)
    assert "--continue" not in said(dialogue, "resume")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("set learning rate x", "Learning rate: must be a number from 0 to 1000, got 'x'."),
        ("set learning rate", "Learning rate: a value is missing; it must be a number from 0 to 1000."),
        ("set activation tanh,tanh", "activation: "),
        ("set", 'Say which setting and its value, such as "set learning rate 0.3".'),
        ("set nonsense 3", "No setting is called 'nonsense 3'; \"show\" lists the settings."),
        ("run x", "The epochs to run must be a whole number from 1 to 999999999, got 'x'."),
        ("run 0", "The epochs to run must be a whole number from 1 to 999999999, got '0'."),
        ("run to x", "The epoch to run to must be a whole number from 0 to 999999999, got 'x'."),
        (
            "run to 99999999999",
            "The epoch to run to must be a whole number from 0 to 999999999, got '99999999999'.",
        ),
        ("step 3 years", "What to step by must be epochs or samples, got 'years'."),
        (
            "describe it",
            "What to describe must be problem, run, fit, places, error, trend, test, cloud, pins, "
            "diagnosis or now, got 'it'.",
        ),
        ("what if maybe", "Only on or off may follow, got 'maybe'."),
        ("unit", "Say which unit, such as unit 2, unit 1 of layer 2 or unit output 1."),
        ("unit x", "A unit must be named by numbers"),
        ("weights layer 7", "The layer, that of the outputs counted, must be a whole number from 1 to 2"),
        ("help nonsense", "No command or setting is called 'nonsense'"),
        ("resume", "No kept run is offered"),
        ("fly", "No command begins with 'fly'; say \"help\" for all."),
        ("set seed " + "9" * 990, "Seed: must be a whole number"),
        ("x" * 1001, "A command has at most 1000 characters."),
    ],
)
def test_a_refused_command_is_a_sentence_and_changes_nothing(line: str, answer: str) -> None:
    dialogue = dialogue_of()
    told = said(dialogue, line)
    assert answer.lower() in told.lower()
    assert "\n" not in told
    assert told.endswith(".")
    assert dialogue.session.config == TrainingConfig.defaults("regression")
    assert dialogue.session.stage is Stage.READY


def test_a_line_is_one_line_without_signs_and_sequences() -> None:
    assert line_of("a\x1b[2J\n 3 → 4\x07\u202e é") == r"a\x1b[2J from 3 to 4\x07\u202e é"


def test_stopping_on_the_way_to_an_epoch_names_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keyframes, "STRIDE", 16)  # the way takes several ticks
    dialogue = dialogue_of(start={"clock": Clock(0.02)})
    said(dialogue, "step 42")
    dialogue.session.do(commands.view, 30)
    dialogue.session.do(commands.stop)
    assert dialogue.session.notice == (
        'Stopped on the way to an earlier epoch. "back" and "on" go to others.'
    )


def test_a_map_is_told_and_what_can_not_be_swept_is_refused() -> None:
    dialogue = dialogue_of(samples=8, epochs=3)
    first, *words = said(dialogue, "map learning rate=0.1,0.3 by hidden=1,2").splitlines()
    assert first == "Training 12 runs. No numba: small and slow."
    assert words[0] == "A map of 2 values of learning rate and 2 values of hidden units, 3 starts each."
    assert words[1].startswith("The best cell is learning rate")
    assert said(dialogue, "M").splitlines() == [first, *words], "it is remembered"
    assert said(dialogue, "map 0.1,0.3").startswith("Say two settings and values")
    assert "eed: can't be varied" in said(dialogue, "sweep seed=1,2 by hidden=1,2")
    assert "ust begin with the name of a setting" in said(dialogue, "map foo=1,2 by hidden=1,2")
    restrictions = Restrictions(max_units=3, processor_share=math.inf)  # which on a busy machine is small
    refused = dialogue_of(restrictions=restrictions, samples=8, epochs=3)
    assert "more than is allowed here" in said(refused, "map hidden=3,4 by learning rate=1,2")
    assert said(refused, "map").startswith("Training ")


def test_a_pause_tells_what_is_known_of_a_map() -> None:
    dialogue = dialogue_of(samples=8, epochs=100_000_000)
    dialogue.pause_requested = lambda: True
    answer = said(dialogue, "map learning rate=0.1,0.3 by hidden=1,2")
    assert "interrupted" in answer or answer.endswith("No run has ended yet.")


def test_a_cloud_is_turned_on_and_off_by_name() -> None:
    dialogue = dialogue_of()
    said(dialogue, "cloud on", "cloud on")
    assert dialogue.session.cloud.is_on
    assert said(dialogue, "cloud off", "cloud off") == "The cloud is off already."
    assert not dialogue.session.cloud.is_on
    told = 'The cloud is on, but only drawn at the latest epoch: "view latest" goes there.'
    assert said(dialogue, "step 2", "view 0", "cloud on") == told


class Tried(Plan):
    """An experiment that has ended: a higher learning rate helps, another activation makes no difference."""

    edited, note, has_ended = "", "Without numba: few starts, and slow.", True
    runner = Runner()

    def __init__(self, config: TrainingConfig) -> None:
        rate, other = config.replace(learning_rate=0.3), config.replace(activation=("tanh",))
        trials = (
            compare(TriedChange(config, rate), [0.5] * 12, [0.25] * 12, fresh=True),
            compare(TriedChange(config, other), [0.5] * 6, [0.5] * 6),
        )
        self.advice = Advice(config, 8, 6, has_test=False, changes=2, before=0.5, trials=trials, done=True)

    def jobs(self) -> list[SlicedJob]:
        return []

    def take(self, job: SlicedJob, result: object) -> None:
        pass

    def fail(self, error: Exception) -> None:
        pass


def test_the_dialogue_tells_and_takes_a_change_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "advising_for", lambda session, _limits: Tried(session.config))
    dialogue = dialogue_of()
    assert said(dialogue, "take 1").startswith("There is no change to take")
    assert said(dialogue, "advise").splitlines() == [
        "Without numba: few starts, and slow.",
        "2 of 2 changes tried, 6 starts each, 8 epochs; as it is, the median error is 0.5.",
        "Helps, on fresh starts too:",
        "1: learning rate from 0.1 to 0.3: median error from 0.5 to 0.25, "
        "better in 12 of 12 starts (p 0.00049).",
        "No clear difference: activation from sigmoid to tanh.",
        'Say "take" and a number to make a change.',
    ]
    for wrong in ("0", "2", "", "one", "9" * 900):
        assert said(dialogue, f"take {wrong}").startswith("The number of a change must be 1, got")
    assert said(dialogue, "take 1") == 'Learning rate from 0.1 to 0.3: "run" starts the training with it.'
    assert dialogue.session.config.learning_rate == 0.3
    assert said(dialogue, "take 1").startswith("The settings have changed since then")


def test_a_pause_ends_an_experiment() -> None:
    assert said(dialogue_of(pause_requested=lambda: True), "a") == "No change has been tried yet."
