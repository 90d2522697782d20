"""Exports predict what the run predicts, prove it themselves, and are refused or written whole."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.exports import is_there
from bpengine import ConfigError, Dataset, DivergedError, Trainer, TrainingConfig, export
from bpengine.data.csv import parse_csv
from bpengine.exports import FORMATS
from bpengine.exports.identifiers import Identifiers, in_comment
from bpengine.network.activations import ACTIVATIONS
from tests.engine import json_reader
from tests.engine.exported import (
    FORMULAS,
    NOT_IN_ONNX,
    WARNINGS,
    WAYS,
    Way,
    difference,
    fresh_rows,
    random_run,
)

BY_NAME = {way.name: way for way in WAYS}
QUICK = tuple(way for way in WAYS if way.needs != "cc")


def small(**settings: Any) -> Trainer:
    trainer = Trainer(TrainingConfig.defaults("regression", samples=10, epochs=2, **settings))
    trainer.fit()
    return trainer


def check_ways(trainer: Trainer, ways: Iterable[Way], folder: Path, seed: int = 0) -> None:
    rows = fresh_rows(trainer, 100, seed)
    for way in filter(is_there, ways):
        found = way.predict(trainer, folder, rows)
        assert difference(trainer, found, rows) <= way.allowed, (way.name, seed)


def test_every_format_is_compared() -> None:
    assert {way.name for way in WAYS} == set(FORMATS)


def test_random_runs_are_predicted_alike(tmp_path: Path) -> None:
    """`make bench ARGS=exports` tries two hundred, all of them in C.

    One test, since each process that runs one imports two packages for it.
    """
    for seed in range(8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        ways = (*QUICK, *([] if seed else [BY_NAME["c"]]))
        check_ways(random_run(seed), ways, folder, seed)


def test_exports_have_every_activation_and_every_function_of_formulas(tmp_path: Path) -> None:
    rng = np.random.RandomState(1)
    inputs = rng.normal(0, 1.5, (30, 2))
    source = Dataset.from_arrays(inputs, inputs.prod(axis=1))
    names = tuple(ACTIVATIONS)
    common, others = (tuple(text.format("x1", "x2") for text in texts) for texts in (FORMULAS, NOT_IN_ONNX))
    config = TrainingConfig(
        hidden_units=(3,) * 6, activation=names[:6], initializer="xavier", features=common
    )
    check_ways(Trainer(config, source), (*QUICK, BY_NAME["c"]), tmp_path)
    tmp_path = tmp_path / "others"  # a library of the same name would not be loaded again
    tmp_path.mkdir()
    config = config.replace(hidden_units=(3,) * (len(names) - 6), activation=names[6:], features=others)
    trainer = Trainer(config, source)
    check_ways(trainer, [way for way in (*QUICK, BY_NAME["c"]) if way.name != "onnx"], tmp_path)
    if is_there(BY_NAME["onnx"]):
        with pytest.raises(
            ConfigError, match=r"^tan\(x1/4\): ONNX has no tan in 64-bit floats: choose another"
        ):
            export(trainer, "onnx", tmp_path / "model.onnx")


def test_a_module_proves_itself_and_finds_a_changed_weight(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    export(small(hidden_units=9), "numpy", path)
    done = subprocess.run([sys.executable, "-I", path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("17 test vectors, largest difference ")
    text = path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 110, "long lists are wrapped"
    path.write_text(text.replace("BIASES_2 = np.array([", "BIASES_2 = 1e-9 + np.array(["), encoding="utf-8")
    broken = subprocess.run([sys.executable, "-I", path], capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stderr) == (1, "17 answers differ from those of the run\n")


TABLE = """city,price,when,ready,y
Kiel,1,2024-01-31,yes,1
Bonn,,2024-02-29,no,3
Kiel,2,,,2
,5,2024-03-31,yes,4
"""
MANY_KINDS = parse_csv(TABLE, "kinds.csv", "regression", missing="mean")


@pytest.mark.parametrize(
    ("source", "features", "rows", "message"),
    [
        (None, (), [0.5, 1], None),
        (None, (), np.array([[0.5], [1.0]]), None),
        (None, (), [0.5, "a"], "row 1, x: must be a number from -1e+100 to 1e+100, got 'a'"),
        (None, (), np.array([[0.5], [np.nan]]), "row 1, x: must be a number from"),
        (None, (), [[10**400]], "row 0, x: must be a number from"),
        (None, (), [[0.5], [0.5, 1]], "row 1: must have 1 value, got 2"),
        (None, ("x", "sqrt(x+9)"), [[0.5], [-10]], "row 1, sqrt(x+9): has no finite value"),
        (MANY_KINDS, (), [["Kiel", 1, "2024-01-31", "yes"], ["Bonn", None, "", "?"]], None),
        (MANY_KINDS, (), [["Kiel", [1], "2024-01-31", "yes"]], "row 0, price: must be a number from"),
        (MANY_KINDS, (), [["Köln", 1, "2024-01-31", "yes"]], "row 0, city: must be one of Bonn, Kiel, got"),
        (MANY_KINDS, (), [1.0], "row 0: must have 4 values, got 1"),
    ],
)
def test_a_module_for_numpy_answers_or_names_the_row_and_the_column(
    source: Dataset | None, features: tuple[str, ...], rows: Any, message: str | None, tmp_path: Path
) -> None:
    trainer = Trainer(TrainingConfig(samples=10, epochs=2, features=features), source)
    export(trainer, "numpy", tmp_path / "model.py")
    predict = runpy.run_path(str(tmp_path / "model.py"))["predict"]
    if message is None:
        np.testing.assert_allclose(predict(rows), trainer.predict(rows), rtol=1e-12)
        return
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        predict(rows)


def test_a_reader_of_json_fills_gaps_of_each_kind(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(epochs=2, features=("city", "when", "ready", "price % 2")), MANY_KINDS)
    export(trainer, "json", tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    full: list[Any] = ["Bonn", 1.5, 19753, 1]  # days from 1970-01-01 to 2024-01-31
    rows = [full, [None] * 4, *([*full[:place], None, *full[place + 1 :]] for place in range(4))]
    given = [[*row[:2], row[2] and "2024-01-31", row[3]] for row in rows]
    found = json_reader.predictions(text, rows)
    np.testing.assert_allclose(np.ravel(found), trainer.predict(given), rtol=1e-12)


@pytest.mark.skipif(not is_there(BY_NAME["c"]), reason="there is no C compiler")
def test_a_program_in_c_finds_a_changed_weight(tmp_path: Path) -> None:
    path = tmp_path / "model.h"
    export(small(), "c", path)
    path.write_text(path.read_text().replace("biases_2[1] = {", "biases_2[1] = {1e-9 + "))
    subprocess.run(
        ["cc", *WARNINGS, "-DMODEL_TEST", "-x", "c", path, "-o", tmp_path / "a", "-lm"], check=True
    )
    done = subprocess.run([tmp_path / "a"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.endswith("\n17 answers differ from those of the run\n")


@pytest.mark.skipif(not is_there(BY_NAME["pytorch"]), reason="make test-frameworks installs PyTorch")
def test_a_module_of_pytorch_is_trained_further(tmp_path: Path) -> None:
    import torch  # type: ignore[import-not-found]  # make test-frameworks installs it

    trainer = small()
    export(trainer, "pytorch", tmp_path / "model.py")
    module = runpy.run_path(str(tmp_path / "model.py"))
    model = module["Model"]()
    inputs = module["inputs_of"](trainer.dataset.coordinates.tolist())
    targets = torch.tensor(trainer.dataset.targets[:, 0])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    errors = []
    for _ in range(60):
        optimizer.zero_grad()
        error = ((model(inputs) - targets) ** 2).mean()
        error.backward()
        optimizer.step()
        errors.append(error.detach().item())
    assert errors[-1] < 0.8 * errors[0]


@pytest.mark.skipif(not is_there(BY_NAME["onnx"]), reason="the extra onnx is not installed")
def test_a_graph_takes_a_matrix_of_numbers_and_an_input_for_each_column_otherwise(tmp_path: Path) -> None:
    import onnxruntime

    gaps = parse_csv(
        "a,b,inputs\n1,-999,2\nk.A.,3,4\n5,6,7\n",
        "gaps.csv",
        "regression",
        missing="mean",
        missing_words=("-999",),
    )
    config = TrainingConfig(epochs=2, features=("b", "a*b"))
    for source, shapes in ((gaps, [["rows", 2]]), (MANY_KINDS, [["rows"]] * 4)):
        trainer = Trainer(config if source is gaps else TrainingConfig(epochs=2), source)
        export(trainer, "onnx", tmp_path / "model.onnx")
        session = onnxruntime.InferenceSession((tmp_path / "model.onnx").read_bytes())
        assert [each.shape for each in session.get_inputs()] == shapes
        rows = trainer.dataset.coordinates
        if source is gaps:
            assert json.loads(session.get_modelmeta().custom_metadata_map["columns"]) == ["a", "b"]
            assert session.get_outputs()[0].name == "inputs_2", "the target has a name of its own"
            (answers,) = session.run(None, {"inputs": rows})
            np.testing.assert_allclose(answers, trainer.predict(rows), rtol=1e-12)


def test_an_exported_file_names_the_run_that_made_it(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(samples=10, epochs=5, seed=7, test_share=0.2, hidden_units=(2,)))
    trainer.run_epoch()
    trainer.reconfigure(trainer.config.replace(learning_rate=0.25))
    trainer.knock_out(0, 1)
    trainer.run_epoch()
    export(trainer, "json", tmp_path / "model.json")
    run = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))["run"]
    settings = run.pop("settings")
    assert (settings["hidden"], settings["learning-rate"]) == ("2", "0.25")
    last, numbers = trainer.history.last, trainer.network.parameters.tobytes()
    assert last is not None
    assert run == {
        "task": "regression",
        "data": "sine, 8 samples, 2 more as a test",
        "seed": 7,
        "epochs": 2,
        "error": last.error,
        "test error": last.test_error,
        "settings changed": "in epoch 1",
        "weights": "edited at epoch 1",
        "knocked out": "unit 2 of layer 1",
        "hash": f"sha256 of all weights and biases: {sha256(numbers).hexdigest()}",
    }


def test_names_become_identifiers_that_differ() -> None:
    identifiers = Identifiers("m", "m_predict")
    assert identifiers.of("city", "São Paulo") == "m_city_Sao_Paulo"
    assert [identifiers.of("a", "b c"), identifiers.of("a b", "c")] == ["m_a_b_c", "m_a_b_c_2"]
    assert [identifiers.of("漢字"), identifiers.of("!?"), identifiers.of("predict")] == [
        "m__",
        "m___2",
        "m_predict_2",
    ]
    plain = Identifiers()
    assert [plain.of("int"), plain.of("2nd"), plain.of("A")] == ["_int", "_2nd", "A"]
    assert in_comment("*/ int x; /* ??/\n\u202e") == "* / int x; / * ?? /\\n\\u202e"


def test_an_export_that_is_refused_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model"
    diverged = Trainer(TrainingConfig(learning_rate=1000, hidden_units=(), epochs=50))
    with pytest.raises(DivergedError):
        diverged.fit()
    with pytest.raises(DivergedError, match=r"^diverged in epoch"):
        export(diverged, "numpy", path)
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "bpengine.exports.onnx_graph", raising=False)
    for to, options, message in (
        ("nump", {}, "format: must be numpy, c, pytorch, onnx or json, got 'nump'; did you mean numpy?"),
        (
            "c",
            {"name": "int"},
            "name: must be at most 40 ASCII letters, digits and _, beginning with a letter",
        ),
        ("c", {"name": "2a"}, "name: must be at most 40"),
        ("onnx", {}, "onnx: is not installed: pip install 'bptui[onnx]'"),
    ):
        with pytest.raises(ConfigError) as caught:
            export(small(), to, path, **options)
        assert str(caught.value).startswith(message)
    huge = small(activation="identity")
    huge.set_weights([1.0] * 3 + [1.7e308] * 7)
    with pytest.raises(ConfigError, match="no finite answer"):
        export(huge, "numpy", path)
    assert not list(tmp_path.iterdir())
