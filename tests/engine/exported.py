"""Random runs, and each export of a run as something that predicts."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import runpy
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import RandomState

from bpengine import DataError, Dataset, DivergedError, Task, Trainer, TrainingConfig, export
from bpengine.arithmetic.arrays import Array
from bpengine.data.csv import parse_csv
from bpengine.data.raw_columns import RawColumn
from bpengine.exports.pathway import TOLERANCE, RowValue, answers_of, as_text, coordinates_of
from bpengine.network.activations import ACTIVATIONS
from tests.engine import json_reader

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
CITIES = ("Kiel", "São Paulo", "*/ int x; /*", "", "int", 'a"b\\', "Kiel!", "漢字")
FORMULAS = (
    *("{0}*{1}", "{0}**2", "{1}%0.7", "min({0}, {1}, 1)", "max({0}, {1})", "abs({0})**1.5", "-{0}**3"),
    *("sin({0})", "cos({1})", "tanh({0})", "exp({1}/3)", "log(abs({0}) + 1)"),
    *("sqrt(abs({0}))", "sign({1})", "floor({0}*2)", "ceil({1})", "round({0}*3)"),
    *("min({0}, 1/0, 10**400) + sin(2*pi)", "(-2)**(0*{0}) - -{1}"),
)
"""The functions and operators of formulas that each format has, for two inputs up to about 5."""
NOT_IN_ONNX = (
    *("tan({0}/4)", "arcsin({0}/9)", "arccos({1}/9)", "arctan({0}*3)", "sinh({0})", "cosh({1}/2)"),
    *("log2(abs({1}) + 1)", "log10(abs({0}) + 1)"),
)
"""The others."""
Rows = Sequence[Sequence[RowValue]]


def random_run(seed: int) -> Trainer:
    """A run with 0 to 3 hidden layers and settings, data and edits that depend on the seed."""
    rng = RandomState(seed)
    task: Task = "classification" if seed % 2 else "regression"
    depth = seed // 2 % 4
    names = list(ACTIVATIONS)
    settings: dict[str, Any] = {
        "hidden_units": tuple(rng.randint(1, 7, depth).tolist()),
        "activation": tuple(names[(seed + 3 * layer) % len(names)] for layer in range(depth)) or ("tanh",),
        "learning_rate": 0.02,
        "initializer": "xavier",
        "batch_size": int(rng.choice([1, 8])),
        "optimizer": str(rng.choice(["sgd", "adam"])),
        "test_share": float(rng.choice([0, 0.2])),
        "seed": seed,
        "epochs": 30,
    }
    source = (_table, _arrays, _named)[seed % 3](rng, task, settings)
    names_of_numbers = _names_of_numbers(source, task)
    if rng.rand() < 0.6:
        one, other = rng.choice(names_of_numbers, 2)
        chosen = rng.choice(FORMULAS, 3, replace=False)
        first = names_of_numbers[0] if source is None else (source.columns or source.features)[0]
        kept = first.name if isinstance(first, RawColumn) else first
        settings["features"] = tuple(dict.fromkeys([kept, *(text.format(one, other) for text in chosen)]))
    for rate in (0.02, 1e-4, 0.0):
        with contextlib.suppress(DivergedError, DataError):
            config = TrainingConfig.defaults(task, **settings | {"learning_rate": rate or 1e-6})
            return _trained(Trainer(config, source), rng)
        settings.pop("features", None)
    raise AssertionError("no run with these data")


def _trained(trainer: Trainer, rng: RandomState) -> Trainer:
    """A few epochs, with edits if there are hidden units."""
    for _ in range(4):
        trainer.run_epoch()
    if trainer.config.hidden_units and rng.rand() < 0.6:
        trainer.freeze(0, 0)
        trainer.knock_out(0, int(rng.randint(trainer.sizes[1])))
        trainer.set_bias(len(trainer.config.hidden_units), 0, 0.25)
    trainer.run_epoch()
    return trainer


def _table(rng: RandomState, task: Task, _settings: dict[str, Any]) -> Dataset:
    """Texts, numbers, dates, truth values and gaps, with names that are hard to write in C."""
    lines = ['city,"price (k$)",when,relu(@),int,*/ y']
    for row in range(40):
        number, other = rng.normal(0, 2, 2)
        city = CITIES[row % len(CITIES)] or "none"
        answer = "ABC"[int(abs(number)) % 3] if task == "classification" else f"{900 + 300 * number + row}"
        quoted = '"' + city.replace('"', '""') + '"'
        gap = "" if row == 7 else f"{number:.3f}"
        date, truth = f"2024-0{row % 9 + 1}-1{row % 10}", "yes" if row % 3 else "no"
        lines.append(f"{quoted},{gap},{date},{truth},{other:.4f},{answer}")
    return parse_csv("\n".join(lines) + "\n", "a */ b.csv", task, missing="mean")


def _arrays(rng: RandomState, task: Task, _settings: dict[str, Any]) -> Dataset:
    inputs = rng.normal(0, 2, (30, 3)) * [1, 1, 1000] + [0, 0, 5000]
    targets = inputs @ rng.normal(0, 1, (3, 2))
    if task == "classification":
        return Dataset.from_arrays(inputs, (targets[:, 0] > np.median(targets[:, 0])).astype(int), task=task)
    return Dataset.from_arrays(inputs, targets * [1, 1e-3])


def _named(rng: RandomState, task: Task, settings: dict[str, Any]) -> None:
    settings["samples"] = 40
    if rng.rand() < 0.5:
        settings["function"] = "3*sin(x) + x" if task == "regression" else "y > x**3 - x"


def _names_of_numbers(source: Dataset | None, task: Task) -> tuple[str, ...]:
    """The inputs that formulas can use."""
    if source is None:
        return ("x",) if task == "regression" else ("x", "y")
    if source.columns:
        return tuple(column.name for column in source.columns if column.kind in ("number", "boolean"))
    return source.features[:2]


def columns_of(trainer: Trainer) -> tuple[RawColumn, ...]:
    dataset = trainer.dataset
    return dataset.columns or tuple(map(RawColumn, dataset.features))


def fresh_rows(trainer: Trainer, count: int, seed: int) -> list[list[RowValue]]:
    """Random rows, some of them a quarter beyond the range of the samples, that have an answer."""
    rng, dataset, columns = RandomState(seed), trainer.dataset, columns_of(trainer)
    low, high = dataset.coordinates.min(axis=0), dataset.coordinates.max(axis=0)
    places = np.cumsum([0, *(column.width for column in columns)])[:-1]
    margin = (high - low) / 4

    def cell(column: RawColumn, place: int) -> RowValue:
        value = float(rng.uniform(low[place] - margin[place], high[place] + margin[place]))
        match column.kind:
            case "text":
                return str(rng.choice(column.categories))
            case "boolean":
                return float(rng.randint(2))
            case "date":
                return float(np.floor(value + column.origin))
            case "number":
                return value

    rows: list[list[RowValue]] = []
    while len(rows) < count:
        more = [[*map(cell, columns, places)] for _ in range(count)]
        finite = np.flatnonzero(np.isfinite(_answers(trainer, more)).all(axis=1))
        rows += [more[number] for number in finite]
    return rows[:count]


def _answers(trainer: Trainer, rows: Rows) -> Array:
    coordinates = coordinates_of(columns_of(trainer), rows)
    return answers_of(trainer.network, trainer.dataset, coordinates)


def answers(trainer: Trainer, rows: Rows) -> Array:
    """The answers of the run as probabilities or values, which `Trainer.predict` gives; (rows, outputs)."""
    found = _answers(trainer, rows)
    predicted = trainer.predict(texts_of(trainer, rows))
    if trainer.config.task == "classification":
        assert (np.array(trainer.dataset.classes)[found.argmax(axis=1)] == predicted).all()
    else:
        assert np.array_equal(predicted.reshape(found.shape), found)
    return found


def texts_of(trainer: Trainer, rows: Rows) -> list[list[Any]]:
    """The rows as they stand in a file; numbers remain numbers."""
    columns = columns_of(trainer)
    return [
        [
            cell if column.kind == "number" else as_text(column, cell)
            for column, cell in zip(columns, row, strict=True)
        ]
        for row in rows
    ]


def difference(trainer: Trainer, found: Array, rows: Rows) -> float:
    """The largest difference from the answers of the run, measured as the exports measure it."""
    expected = answers(trainer, rows)
    scales = 1.0 if trainer.config.task == "classification" else trainer.dataset.target_scaling.scale
    return float(
        (np.abs(found.reshape(expected.shape) - expected) / np.maximum(scales, np.abs(expected))).max()
    )


def by_numpy(trainer: Trainer, folder: Path, rows: Rows) -> Array:
    path = folder / "model.py"
    export(trainer, "numpy", path)
    module = runpy.run_path(str(path))
    with contextlib.redirect_stdout(io.StringIO()):
        assert module["check"]() == 0, "its own vectors"
    given = texts_of(trainer, rows)
    if trainer.config.task == "classification":
        shares: Array = module["predict_proba"](given)
        assert list(module["predict"](given)) == [
            trainer.dataset.classes[each] for each in shares.argmax(axis=1)
        ]
        return shares
    return np.array(module["predict"](given))


def by_torch(trainer: Trainer, folder: Path, rows: Rows) -> Array:
    path = folder / "torch_model.py"
    export(trainer, "pytorch", path)
    module = runpy.run_path(str(path))
    with contextlib.redirect_stdout(io.StringIO()):
        assert module["check"]() == 0, "its own vectors"
    return np.array(module["Model"]()(module["inputs_of"](texts_of(trainer, rows))).tolist())


def by_c(trainer: Trainer, folder: Path, rows: Rows) -> Array:
    name = "net"
    export(trainer, "c", folder / f"{name}.h", name=name)
    _compile(folder, f"-D{name.upper()}_TEST", "-x", "c", f"{name}.h", "-o", name)
    done = subprocess.run([folder / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    _compile(folder, f"-D{name.upper()}_CODE", "-shared", "-fPIC", "-x", "c", f"{name}.h", "-o", f"{name}.so")
    predict = getattr(ctypes.CDLL(str(folder / f"{name}.so")), f"{name}_predict")
    columns, outputs = columns_of(trainer), trainer.sizes[-1]
    found = np.empty((len(rows), outputs))
    for row, out in zip(rows, found, strict=True):
        numbers = [
            float(column.categories.index(cell)) if isinstance(cell, str) else cell
            for column, cell in zip(columns, row, strict=True)
        ]
        given = (ctypes.c_double * len(numbers))(*numbers)
        result = (ctypes.c_double * outputs)()
        assert predict(given, result) == 0
        out[:] = list(result)
    return found


def _compile(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        ["cc", *WARNINGS, *arguments, "-lm"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def by_onnx(trainer: Trainer, folder: Path, rows: Rows) -> Array:
    import onnxruntime

    path = folder / "model.onnx"
    export(trainer, "onnx", path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options)
    vectors = json.loads(session.get_modelmeta().custom_metadata_map["test vectors"])
    own, told = _onnx_answers(session, vectors["rows"]), np.array(vectors["answers"])
    np.testing.assert_allclose(own, told.reshape(own.shape), 1e-9, 1e-9, err_msg="its own vectors")
    return _onnx_answers(session, rows)


def _onnx_answers(session: Any, rows: Rows) -> Array:
    inputs = session.get_inputs()
    if len(inputs[0].shape) == 2:
        given = {"inputs": np.array(rows, dtype=float)}
    else:
        given = {
            each.name: np.array(column, dtype=object if each.type == "tensor(string)" else float)
            for each, column in zip(inputs, zip(*rows, strict=True), strict=True)
        }
    found: Array = session.run(None, given)[-1]
    return found


def by_json(trainer: Trainer, folder: Path, rows: Rows) -> Array:
    path = folder / "model.json"
    export(trainer, "json", path)
    text = path.read_text(encoding="utf-8")
    vectors = json.loads(text)["test vectors"]
    own, told = (
        json_reader.predictions(text, [vector["row"] for vector in vectors]),
        [vector["answer"] for vector in vectors],
    )
    np.testing.assert_allclose(own, told, 1e-9, 1e-9, err_msg="its own vectors")
    return np.array(json_reader.predictions(text, rows))


@dataclass(frozen=True, slots=True)
class Way:
    """A way to predict by an export."""

    name: str
    predict: Callable[[Trainer, Path, Rows], Array]
    allowed: float
    needs: str = ""
    """The package or program that it needs, if that may be missing."""


WAYS = (
    Way("numpy", by_numpy, TOLERANCE),
    Way("c", by_c, TOLERANCE, "cc"),
    Way("pytorch", by_torch, TOLERANCE, "torch"),
    Way("onnx", by_onnx, TOLERANCE, "onnxruntime"),
    Way("json", by_json, TOLERANCE),
)
