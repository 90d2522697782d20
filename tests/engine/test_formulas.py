"""The language of formulas: what it means, where it points when it refuses, and that nothing else gets in."""

from __future__ import annotations

import ast
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import TASKS, FormulaError, Task
from bpengine.data.formulas import Vocabulary, constant, parse, task_of
from bpengine.data.formulas.formula import _Reader
from bpengine.data.formulas.language import CONSTANTS, EXTREMES, FUNCTIONS, MAX_LENGTH, VARIABLES

X = np.linspace(-2, 2, 9)[:, np.newaxis]
PLANE = np.array([[-1.0, 0.5], [0.0, -0.5], [0.5, 0.5], [1.0, 2.0]])


def values(text: str) -> list[float]:
    """The values of a formula for regression at X."""
    return [float(value) for value in parse(text, "regression")(X)]


def refusal(text: str, task: Task | None = None) -> str:
    with pytest.raises(FormulaError) as caught:
        parse(text, task or task_of(text))
    return str(caught.value)


def test_numbers_operators_and_functions_are_those_of_numpy() -> None:
    x = X[:, 0]
    for text, expected in {
        "x": x,
        " -x**2 ": -(x**2),
        "2**-1**2 * x": 0.5 * x,
        "x % 1.5 / 2.": np.mod(x, 1.5) / 2,
        "+.5e1 - -x": 5 + x,
        "sin(pi*x) + 0.3*sin(3*x)": np.sin(np.pi * x) + 0.3 * np.sin(3 * x),
        "exp(x)/e": np.exp(x) / np.e,
        "min(x, 1, x**2) + max(0, x)": np.minimum(np.minimum(x, 1), x**2) + np.maximum(x, 0),
        "7": np.full(9, 7.0),
    }.items():
        np.testing.assert_allclose(values(text), expected, rtol=1e-14)
    for name, function in FUNCTIONS.items():
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(parse(f"{name}(x)", "regression")(X), function(x))


def test_comparisons_can_be_chained_and_joined() -> None:
    x, y = PLANE.T
    for text, expected in {
        "y > x**3 - x": y > x**3 - x,
        "0 <= x < y": (x >= 0) & (x < y),
        "not y > 0 or x == 1 and y != 3": ~(y > 0) | ((x == 1) & (y != 3)),
        "(y > 0) and not (x >= 0.5)": (y > 0) & ~(x >= 0.5),
    }.items():
        assert parse(text, "classification")(PLANE).tolist() == expected.tolist()


def test_powers_of_powers_take_no_time_and_are_infinite() -> None:
    assert values("9**9**9**9**9")[0] == np.inf
    assert constant("-9**9**9") == -np.inf
    assert constant("2*pi") == 2 * np.pi


def test_a_formula_survives_pickling_and_tells_where_it_is_finite() -> None:
    formula = pickle.loads(pickle.dumps(parse("sqrt(x)", "regression")))
    assert formula.evaluate(X)[1].tolist() == (X[:, 0] >= 0).tolist()
    compared = parse("y > 1/x", "classification")
    assert compared.evaluate(PLANE)[1].tolist() == [True, False, True, True]


def test_errors_point_at_the_column_and_say_what_to_type() -> None:
    names = ", ".join((*VARIABLES["regression"], *CONSTANTS, *FUNCTIONS, *EXTREMES))
    for text, message in {
        "sin(x) + z": f"column 10: unknown name 'z'; allowed: {names}",
        "x.real": "column 2: '.' is not allowed",
        "x^2": "column 2: '^' is not allowed; write ** for a power",
        "y = x": "column 3: '=' is not allowed; write only what stands to the right of y =, or == to compare",
        "  2x": "column 4: expected an operator such as * before 'x'; write 2*x",
        "2*x 3": "column 5: expected an operator such as * before '3'; write x*3",
        "x(2)": "column 2: expected an operator such as * before '('",
        "(x)(x)": "column 4: expected an operator such as * before '('",
        "1 + sin x": "column 5: write sin(...), with brackets",
        "cos": "column 1: write cos(...), with brackets",
        "sin()": "column 5: expected a number, a name or (, got ')'",
        "": "column 1: the formula ends where a number, a name or ( should follow",
        "x + ": "column 5: the formula ends where a number, a name or ( should follow",
        "x + (2*(x)": "column 5: this ( has no )",
        "x) + (x": "column 2: this ) has no (",
        "sin(x, 2)": "column 6: a comma only stands in min(a, b) and max(a, b)",
        "x + min(x)": "column 5: write min(a, b), with two numbers or more",
        "x + 1e999": "column 5: is too large a number",
        "1 + (x > 2)": "column 1: expected a comparison such as y > x, got a number",
        "y > (x > 2)": "column 6: expected a number such as sin(x), got a comparison",
        "x > 0and y > 0": "column 6: expected a blank before 'and'",
        "x\n": r"column 2: '\n' is not allowed",
        "x" * 999: f"column {MAX_LENGTH + 1}: a formula has at most {MAX_LENGTH} characters",
        "-" * 199 + "x": "column 102: has too many parts within one another",
    }.items():
        assert refusal(text) == message
    assert refusal("y > x", "regression").startswith("column 1: this formula is for classification; ")
    assert refusal("sin(x)", "classification").startswith("column 1: this formula is for regression; ")
    assert refusal("y", "classification").endswith("; classification needs a comparison such as y > x")
    parse("+".join(["x"] * 100), "regression")  # as long as a formula can be


FORBIDDEN = (
    *("x.real", "x[0]", "lambda: x", "'a'", "f'{x}'", "b'a'", "[x]", "(x, x)", "{x}", "x if x else x", "..."),
    *(
        "x @ x",
        "x // x",
        "x << 1",
        "x & x",
        "~x",
        "(x := 1)",
        "(yield)",
        "[x for x in x]",
        "x in x",
        "x is x",
    ),
    *("None", "True", "1j", "1" + "0" * 400, "z", "sin", "min", "eval(x)", "__import__('os')"),
    *("sin.reduce(x)", "sin(x)(x)", "sin(*x)", "sin(x=1)", "sin()", "sin(x, x)", "max(x, key=x)", "min(x)"),
    *("x and 1", "not x", "(1 < x) + 1", "-(x < 1)", "sin(x < 1)", "1 < x"),
)


@pytest.mark.filterwarnings("ignore")  # Python's own, about odd expressions
def test_the_list_of_what_is_allowed_holds_without_the_first_reading() -> None:
    """Whatever the first reading might let pass by mistake, the tree must refuse."""
    for text in FORBIDDEN:
        with pytest.raises(FormulaError):
            _Reader(range(1, 1000), frozenset("x")).read(ast.parse(text, mode="eval").body, "number", 0)


PARTS = [*VARIABLES["classification"], *CONSTANTS, *list(FUNCTIONS)[:9], *EXTREMES, "and", "or", "not"]
PARTS += [
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "(",
    ")",
    ",",
    "<",
    ">=",
    "==",
    "!=",
    " ",
    "  ",
    "0",
    "1",
    "9",
    "1e300",
]
PARTS += [
    ".5",
    "1e-300",
    "-1",
    "3.",
    "sin(x)",
    "exp(",
    "log(x",
    ")**",
    "lambda",
    "__class__",
    ".",
    "'",
    "[",
    "\n",
    "²",
]
TEXTS = st.text(max_size=30) | st.lists(st.sampled_from(PARTS), max_size=25).map("".join)
SOUND = st.recursive(
    st.sampled_from(["x", "y", "pi", "0", "1e300", ".1", "7"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "%", "**"]), inner)
        | st.builds("{}({})".format, st.sampled_from(list(FUNCTIONS)), inner)
    ),
    max_leaves=8,
).map(lambda text: f"{text} > y")


@settings(max_examples=150)
@given(text=TEXTS | SOUND, task=st.sampled_from(TASKS))
def test_any_text_is_a_formula_or_is_refused_in_one_line(text: str, task: Task) -> None:
    """Neither another error nor a warning, which the settings of pytest make an error."""
    try:
        formula = parse(text, task)
    except FormulaError as error:
        assert str(error).isprintable()
        assert 1 <= error.column <= min(len(text), MAX_LENGTH) + 1
        return
    coordinates: Any = X if task == "regression" else PLANE
    found, finite = formula.evaluate(coordinates)
    assert found.shape == finite.shape == (len(coordinates),)
    assert found.dtype == (np.float64 if task == "regression" else np.bool)
    if task == "regression":
        assert finite.tolist() == np.isfinite(found).tolist()


def test_a_vocabulary_names_numbers_and_conditions() -> None:
    words = Vocabulary(("error", "if"), ("ended",))
    values = {"error": 0.5, "if": 1, "ended": True}
    for text, expected in {"min(error, if) * 2": 1.0, "max(error, 0.75)": 0.75}.items():
        assert words.read(text, "number")(values) == expected
    assert words.read("ended", "comparison")(values) is True
    assert words.read("error < if and not ended", "comparison")(values) is False
    for text in ("min(ended, 1)", "error", "min()", "min(error)", "mean(error)", "error.real", "ended < 1"):
        with pytest.raises(FormulaError):
            words.read(text, "comparison")


def test_a_power_above_4_takes_as_long_as_a_function() -> None:
    powers = [parse(f"x**{power}", "regression").operations for power in range(1, 6)]
    assert powers == [2, 2, 2, 2, 51]
