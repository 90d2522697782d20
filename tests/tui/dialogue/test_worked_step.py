"""The dialogue walks through a step: numbers, chains and predictions are those of the screen's box."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpengine import Trainer
from bpengine.explain.derivation import TEXT, derive, gradient_check
from bptui.settings.start_settings import LessonStart
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.sessions import assert_same


def test_the_word_box_walks_through_the_numbers_and_from_step_to_step() -> None:
    dialogue = dialogue_of(epochs=3)
    said(dialogue, "run 1")
    trace = dialogue.session.trace()
    assert trace is not None
    numbers = [*derive(trace, 0, most=12)]
    assert TEXT.number(numbers[0].result.number) in said(dialogue, "box")
    assert said(dialogue, "o") == said(dialogue, "box")
    assert TEXT.number(numbers[1].result.number) in said(dialogue, "box next")
    assert "Loss: how wrong the answer is." in said(dialogue, "box next phase")
    assert "Forward:" in said(dialogue, "box back")
    assert said(dialogue, "box next a sample").startswith("Epoch 1, sample 1 of 63.")
    assert dialogue.session.run.samples_processed == 1
    assert said(dialogue, "box back").startswith("Epoch 1, sample 0 of 63. Update:")
    assert said(dialogue, "box next epoch").startswith("Epoch 2, sample 0 of 63.")
    assert_same(dialogue.session, dialogue.session.config, 2)
    assert said(dialogue, "undo", "set lr 0.3", "box").startswith("Epoch ")
    assert said(dialogue, "restart", "box").startswith("Epoch 0, sample 0 of 63.")
    said(dialogue, "run")
    assert (
        said(dialogue, "box")
        == 'The run has ended: there is no next step. "box back" goes back to the last one.'
    )
    assert said(dialogue, "box back").startswith("Epoch 2, sample 62 of 63. Update:")
    assert said(dialogue, "classification", "box").startswith("Epoch 0, sample 0 of 441.")


def test_the_box_goes_to_another_sample_of_a_batch() -> None:
    dialogue = dialogue_of(batch_size=9)
    assert "sample 1 of 9 of the batch" in said(dialogue, "box")
    assert "sample 2 of 9 of the batch" in said(dialogue, "box another sample")
    assert said(dialogue_of(), "box another sample").startswith("This step has one sample; ")


def test_the_word_chain_says_the_factors_of_a_derivative_and_its_check() -> None:
    dialogue = dialogue_of()
    said(dialogue, "run 1")
    check = gradient_check(Trainer.continuing(dialogue.session.run), (0,))[0]
    answer = said(dialogue, "chain W1[1,1]")
    assert answer.startswith(f"Chain of dL/d{check.name}. By the chain rule {check.by_chain_rule:.4g}, ")
    assert "From the loss down: delta2[1] = " in answer
    assert said(dialogue, "chain next").startswith("Chain of dL/db1[1].")
    assert said(dialogue, "chain back") == answer == said(dialogue, "chain 1 to unit 1 of layer 1")
    assert said(dialogue, "chain b1[2]").startswith("Chain of dL/db1[2].")
    assert said(dialogue, "chain W9[1,1]").startswith("The layer, that of the outputs counted, must be")
    assert said(dialogue_of(hidden_units=(20,)), "chain b1[20]").startswith("The box visits 12 units")
    assert said(dialogue_of(), "chain").startswith("Chain of dL/d")


def test_the_word_guess_asks_for_numbers_and_keeps_the_score() -> None:
    dialogue = dialogue_of()
    trace = dialogue.session.trace()
    assert trace is not None
    first, second = [each.result.number for each in derive(trace, 0, most=12)][:2]
    asked = said(dialogue, "guess")
    assert TEXT.number(first) not in asked
    assert asked.endswith('Its sign? Say "guess +", "guess -" or "guess 0".')
    assert said(dialogue, "chain").startswith("A chain has the numbers that are to be guessed")
    sign = "+" if first > 0 else "-"
    assert said(dialogue, f"guess {sign}").endswith('Its value, to two digits? Say "guess" and the number.')
    assert said(dialogue, "guess fast").startswith("The answer must be +, -, 0, a number such as 0.042")
    told = said(dialogue, f"guess {first:.2g}")
    assert "is right." in told
    assert TEXT.number(first) in told
    assert said(dialogue, "guess 3").startswith("This number is known")
    said(dialogue, "guess")
    assert "is right." in said(dialogue, f"guess {second:.2g}"), "the sign and the value at once"
    said(dialogue, "guess")
    assert "= ?" not in said(dialogue, "guess reveal")
    assert said(dialogue, "guess off").endswith("right: 2 of 2 signs, 2 of 2 values.")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("trian", "No command begins with 'trian'; did you mean train?"),
        ("lerning rate 0.3", "No command begins with 'lerning rate 0.3'; did you mean learning rate?"),
        ("set lerning 0.3", "No setting is called 'lerning 0.3'; did you mean learning rate?"),
        ("set dataset spirl", "; did you mean spiral?"),
        ("box next layr", ", got 'layr'; did you mean layer?"),
        ("box foo", '"box" takes next, back, both with a stride'),
    ],
)
def test_a_misspelled_command_is_answered_with_the_one_that_was_meant(line: str, answer: str) -> None:
    assert answer in said(dialogue_of(), line)


def test_progress_in_a_lesson_that_cannot_be_kept_is_told_in_the_dialogue(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    dialogue = dialogue_of(start={"lessons": LessonStart(progress=file / "lessons")})
    told = "What was done in the lesson can't be kept: not a directory."
    assert said(dialogue, "lesson one-step", "next").splitlines()[-1] == told
