"""The numbers in shipped lessons that their check can't measure: those of the box, and of the diagnostics."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Trainer, diagnose
from bpengine.many.jobs import outcomes_as_they_come
from bpengine.many.sign_test import sign_test
from bptui.cli.grading.walkthrough import walk
from bptui.lessons.lesson import Lesson, Predict, opening_of
from bptui.lessons.library import lesson_named


def run_at(lesson: Lesson, number: int) -> Trainer:
    """The run of somebody who was shown each task before this step."""
    [visit] = [visit for visit in walk(lesson) if visit.number == number]
    return Trainer.continuing(visit.run)


def asked(lesson: Lesson, words: str) -> tuple[Predict, int]:
    """The question with these words in its English text, and the number of its step."""
    [found] = [
        (step, number)
        for number, step in enumerate(lesson.steps)
        if isinstance(step, Predict) and words in step.text["en"]
    ]
    return found


def test_the_answers_of_one_step_are_those_of_the_box() -> None:
    lesson = lesson_named("one-step")
    trace = run_at(lesson, 0).trace()
    assert trace is not None
    hidden, output = trace.layers
    gradient = output.gradient.weights[0, 0]
    answers = {
        "What is its sum z?": hidden.z[0, 0],
        "what does the network answer?": trace.outputs[0, 0],
        "How large is it?": trace.mean_loss,
        "dL/dw = dL/dy * dy/dw": gradient,
        "If w grows by 0.01": 0.01 * gradient,
        "what is the new w?": output.new.weights[0, 0],
    }
    for words, value in answers.items():
        question, _ = asked(lesson, words)
        assert question.is_right(float(value)), (words, value)
    assert asked(lesson, "Which way must")[0].is_right(1 if gradient < 0 else 2)
    given = (hidden.before.weights, hidden.before.biases, output.before.weights, output.before.biases)
    assert [round(float(value.item()), 1) for value in given] == [0.2, 0.5, 0.5, 0.4]
    assert f"{hidden.delta.item():.3f}" == "-0.038"


def test_the_lesson_on_learning_rates_states_the_measured_sharpness() -> None:
    lesson = lesson_named("learning-rate")
    question, number = asked(lesson, "it is 1.76")
    sharpness = Trainer(*opening_of(lesson, number)).sharpness()
    assert sharpness is not None
    assert f"{sharpness.value:.2f}" == "1.76"
    assert question.is_right(sharpness.limit)
    _, number = asked(lesson, "2/L is near 0.85")
    sharpness = run_at(lesson, number).sharpness()
    assert sharpness is not None
    assert sharpness.limit == pytest.approx(0.85, rel=0.03)


def test_the_lesson_on_many_starts_counts_the_seeds_that_fail() -> None:
    lesson = lesson_named("many-starts")
    config, _ = opening_of(lesson, 0)
    configs = [config.replace(hidden_units=(units,), seed=seed) for units in (3, 4) for seed in range(64)]
    errors = np.zeros(128)
    for position, outcome in outcomes_as_they_come(configs):
        assert outcome.error is not None
        errors[position] = outcome.error
    three, four = errors.reshape(2, 64)
    better = int(np.count_nonzero(four < three))
    assert better == 14
    assert 130_000 < 1 / sign_test(better, 64 - better) < 150_000
    assert four[6] < three[6] / 10
    assert max(three[:16]) > 20 * min(three[:16])
    asked(lesson, "of the seeds 0 to 63, only 14 got better")


def test_the_lesson_on_own_data_predicts_the_same_flat_in_another_part_of_town() -> None:
    lesson = lesson_named("own-data")
    question, number = asked(lesson, "the same flat in Center")
    run = run_at(lesson, number)
    flat = (71, 3, "Mill", 4, "yes", "yes", 2006)
    here, there = run.predict([flat, (*flat[:2], "Center", *flat[3:])])
    about = [850, 1100, 1600]
    assert abs(here - 850) < 50
    assert question.is_right(1 + min(range(3), key=lambda number: abs(about[number] - there)))
    assert abs(there - 1600) < 80


def test_gradients_vanish_toward_the_first_of_five_layers() -> None:
    lesson = lesson_named("depth-activations")
    [number] = [n for n, step in enumerate(lesson.steps) if "a thousandth" in step.text["en"]]
    layers = diagnose(run_at(lesson, number)).layers
    first, last = (layers[place].gradient_norm for place in (0, -1))
    assert np.isfinite(first)
    assert first < last / 1000
