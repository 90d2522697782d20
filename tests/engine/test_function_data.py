"""Data by formula: its samples, what is refused, and its runs in checkpoints."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from bpengine import (
    FIELD,
    ConfigError,
    DataError,
    Task,
    Trainer,
    TrainingConfig,
    checkpoint,
    function_dataset,
    make_dataset,
)
from tests.engine.checkpoints import refused, run_in, sealed
from tests.engine.runs import assert_same, to_the_end
from tests.engine.test_formulas import SOUND, TEXTS


def config(function: str, task: Task = "regression", **changes: Any) -> TrainingConfig:
    return TrainingConfig.defaults(task, function=function, **changes)


def refusal(function: str, **arguments: Any) -> str:
    with pytest.raises(DataError) as caught:
        function_dataset(function, **arguments)
    return str(caught.value)


@pytest.mark.parametrize("changes", [{}, {"samples": 50, "noise": 0.1, "test_share": 0.2, "data_seed": 3}])
def test_the_second_original_program_as_a_formula(changes: dict[str, Any]) -> None:
    named = make_dataset(TrainingConfig.defaults("classification", **changes))
    typed = make_dataset(config("y < sin(pi*x)", "classification", **changes))
    for name in ("inputs", "targets", "coordinates"):
        np.testing.assert_array_equal(getattr(typed, name), getattr(named, name))
    assert (typed.classes, typed.domain) == (named.classes, named.domain)
    assert (typed.test is None) == (named.test is None)


def test_a_function_of_x_is_evenly_sampled_and_scaled_where_it_must_be() -> None:
    small = make_dataset(config("sin(x)", x_range=(0, 8), samples=9))
    np.testing.assert_array_equal(small.coordinates[:, 0], np.arange(9.0))
    np.testing.assert_array_equal(small.targets[:, 0], np.sin(np.arange(9.0)))
    np.testing.assert_array_equal(small.inputs[:, 0], np.linspace(-1, 1, 9))
    assert small.name == "y = sin(x)"
    large = make_dataset(config("1000*x + 5", noise=0.5, test_share=0.3))
    assert large.test is not None
    assert (len(large), len(large.test)) == (70, 30)
    assert (abs(large.targets.mean()), large.targets.std()) == pytest.approx((0, 1), abs=1e-12)
    noise = large.target_scaling.undo(large.targets)[:, 0] - (1000 * large.coordinates[:, 0] + 5)
    assert 0.3 < noise.std() < 0.7, "the noise is in the units of the function"
    assert large.truth is not None
    np.testing.assert_allclose(large.truth(np.array([[0.5]])), [505])


def test_the_true_function_is_finite_between_the_places_where_it_was_checked() -> None:
    truth = function_dataset("1/(x - 0.0001)").truth
    assert truth is not None
    drawn = truth(np.array([[-0.3], [0.0001], [0.3]]))
    assert np.isfinite(drawn).all()
    assert np.isfinite(truth(np.array([[0.0001]]))).all()


def test_the_true_border_lies_where_the_class_changes() -> None:
    dataset = function_dataset("x**2 + y**2 < 0.5", samples=300)
    border = dataset.border
    assert border is not None
    assert border.shape[1] == 2
    ends = border[np.isfinite(border[:, 0])]
    assert np.abs(np.hypot(*ends.T) - np.sqrt(0.5)).max() < 1e-3
    angles = np.sort(np.arctan2(ends[:, 1], ends[:, 0]))
    assert np.diff(angles).max() < 0.1, "all around"
    assert dataset.classes == ("false", "true")
    assert function_dataset("sin(99*x) > sin(98*y)").border is None, "more lines than could be told apart"
    names = [
        function_dataset(f"y {sign} x*{other}").classes
        for sign, other in ((">=", "2"), ("<", "2"), ("<", "y"))
    ]
    assert names == [("below", "above"), ("above", "below"), ("false", "true")]


def test_a_formula_that_is_not_finite_is_refused_with_the_place() -> None:
    start, end = "the formula has no finite value ", "; change it or the range"
    for function, where in {
        "1/x": "at x = 0",
        "sqrt(x)": "for x from -3 to -0.003",
        "1/(floor(x) % 2)": "at x = -1.998 and 999 other x",
        "log(-1)": "anywhere on the range",
        "y > 1/x": "at x = 0",
        "y > log(x + 1)": "at x = -1",
        "y > 1/(x - y)": "at some places all over the range",
    }.items():
        assert refusal(function) == start + where + end
    assert "no finite value" in refusal("1e99*exp(x)"), "too large counts as not finite"
    assert refusal("y > 5") == "all 441 samples are of one class, below; change the formula or the range"
    assert refusal("x", x_range=(1, 1)).startswith("x_range: must be low..high, ")
    assert "column 5" in refusal("x + z")


@settings(max_examples=30)
@given(text=TEXTS | SOUND | SOUND.map(lambda text: text.removesuffix(" > y").replace("y", "x")))
def test_any_text_gives_finite_samples_or_one_line(text: str) -> None:
    try:
        dataset = function_dataset(text)
    except DataError as error:
        assert str(error).isprintable()
        return
    assert np.isfinite(dataset.targets).all()
    steps = np.linspace(*dataset.domain[0], 200)[:, np.newaxis]
    assert dataset.truth is None or np.isfinite(dataset.truth(steps)).all()


def test_a_config_takes_formulas_for_its_task_only() -> None:
    assert config(" x**2 ").function == "x**2"
    assert FIELD["function"].parse("None") == ""
    for function, task in (("y > x", "regression"), ("x", "classification"), ("x +", "regression")):
        with pytest.raises(ConfigError, match=r"^function: column \d+: "):
            config(function, task)  # type: ignore[arg-type]
    used = {name for name in ("dataset", "frequency", "x_range") if config("x").uses(FIELD[name])}
    assert used == {"x_range"}


def test_a_range_is_a_pair_whose_ends_may_be_formulas() -> None:
    field = FIELD["x_range"]
    assert field.parse(" 0..2*pi ") == (0, 2 * np.pi)
    assert field.parse("-1e2...5") == (-100, 0.5)
    assert field.format((0.0, 2 * np.pi)) == f"0..{2 * np.pi!r}"
    assert field.move((-3.0, 3.0), 1) == (-5, 5)
    assert field.move((-3.0, 3.0), -1) == (-2, 2)
    assert field.move((0.0, 2.0), 1, coarse=True) == (-9, 11)
    assert field.move((0.0, 0.002), -1) == (0, 0.002), "the least width"


@pytest.mark.parametrize(
    "settings",
    [config("x**2", noise=0.2, test_share=0.2), config("y > x**3", "classification", x_range=(-2, 2))],
    ids=["regression", "classification"],
)
def test_a_checkpoint_keeps_the_formula(tmp_path: Path, settings: TrainingConfig) -> None:
    settings = settings.replace(epochs=20, hidden_units=2)
    trainer = Trainer(settings)
    trainer.run_epoch()
    trainer.step()
    checkpoint.save(trainer, tmp_path / "run.bptui")
    loaded = checkpoint.load(tmp_path / "run.bptui", kernel="numpy")
    assert loaded.config == settings
    copied = copy.deepcopy(trainer)
    for other in (loaded, copied):
        assert_same(to_the_end(other), to_the_end(copy.deepcopy(trainer)))
    assert (loaded.dataset.name, len(loaded.dataset)) == (trainer.dataset.name, len(trainer.dataset))


def test_a_damaged_formula_is_refused(tmp_path: Path) -> None:
    for name, value, reason in (
        ("function", "__import__('os')", "function: column 1: unknown name '__import__'"),
        ("function", "1/x", "the formula has no finite value at x = 0"),
        ("function", 3, "function: must be a formula"),
        ("function", "y > x", "function: column 1: this formula is for classification"),
        ("x_range", [3, -3], "range: must be low..high"),
        ("x_range", "-3..3", "range: must be low..high"),
    ):
        content, run = run_in("fresh")
        run["config"] |= {"function": "x", name: value, "samples": 6}
        answer = refused(tmp_path, sealed(content))
        assert answer.startswith("is damaged: runs.run")
        assert f"is not possible: {reason}" in answer
