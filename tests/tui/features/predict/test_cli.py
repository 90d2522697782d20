"""`bptui predict` answers as `Trainer.predict` does, bit for bit, whatever the file of rows looks like."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bpengine import DivergedError, Trainer, TrainingConfig, load, save
from bpengine.data.csv import load_csv
from bpengine.data.csv.new_rows import ROWS
from tests.tui.support.running import call, finish, names, run, running

TABLE = "id,city,size,sold,price\n" + "".join(
    f"{n},{'Kiel' if n % 3 else 'Bad Segeberg'},{n % 7}.5,{'yes' if n % 2 else 'no'},{n * n % 11}\n"
    for n in range(40)
)
FEATURES = ("size", "city", "sold", "size*size")
PRICE = "predicted price"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checkpoints of three runs."""
    made = tmp_path_factory.mktemp("checkpoints")
    (made / "table.csv").write_text(TABLE, encoding="utf-8")
    data = load_csv(made / "table.csv", "regression", features=FEATURES)
    price = TrainingConfig.defaults("regression", epochs=3, features=data.asked_features)
    spiral = TrainingConfig.defaults("classification", dataset="spiral", epochs=1)
    sine = TrainingConfig.defaults("regression", epochs=1)
    for name, config in {"price": price, "spiral": spiral, "sine": sine}.items():
        trainer = Trainer(config, data if name == "price" else None)
        trainer.fit()
        save(trainer, made / f"{name}.bptui")
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the checkpoints."""
    shutil.copytree(checkpoints, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def predicted(rows: list[list[object]]) -> list[float]:
    """What the library predicts for rows of size, city and sold."""
    answers: list[float] = load("price.bptui").predict(rows).tolist()
    return answers


def records(text: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """The rows of a table with a header."""
    return csv.DictReader(text.splitlines(), delimiter=delimiter)


def test_rows_in_several_blocks_are_passed_on_with_the_same_bits_as_in_the_library() -> None:
    count = ROWS + 2
    rows: list[list[object]] = [
        [n % 9 / 4, "Kiel" if n % 5 else "Bad Segeberg", n % 2 == 0] for n in range(count)
    ]
    lines = [f'"{n}, a ""note""",{sold},{city},{size}' for n, (size, city, sold) in enumerate(rows)]
    Path("new.csv").write_text("\n".join(["# a comment", "note,sold,city,size", *lines]), encoding="utf-8")
    done = call("predict", "price.bptui", "new.csv", "--output", "out.csv")
    assert (done.status, done.out, done.err) == (0, "", "")
    found = list(records(Path("out.csv").read_text(encoding="utf-8")))
    assert [float(each[PRICE]) for each in found] == predicted(rows)
    assert [each["note"] for each in found] == [f'{n}, a "note"' for n in range(count)]
    assert list(found[0]) == ["note", "sold", "city", "size", PRICE]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_another_dialect_stays_one(encoding: str) -> None:
    text = "größe;price;size;city;sold\r\n1,5;;2,25;Kiel;ja? nein\r\n".replace("ja? nein", "yes")
    Path("new.csv").write_bytes(text.encode(encoding))
    done = call("predict", "price.bptui", "new.csv")
    (row,) = records(done.out, ";")
    assert "." not in row[PRICE], "the sign of the table"
    assert float(row[PRICE].replace(",", ".")) == predicted([[2.25, "Kiel", "yes"]])[0]
    assert (row["größe"], row["price"], done.status) == ("1,5", "", 0)
    assert done.err.startswith("bptui predict: new.csv: the file is not UTF-8") == (encoding == "cp1252")
    Path("new.csv").write_text("size;city;sold\n2,25;Kiel;yes\n2.25;Kiel;yes\n", encoding="utf-8")
    where = "new.csv, line 3, column 1 (size): '2.25' has a decimal point, but '2,25' in line 2 has"
    assert where in call("predict", "price.bptui", "new.csv").complaint


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("size,city\n1,Kiel\n", "line 1: has no column 'sold': the columns are size, city"),
        ("size,city,sold\n1,Kiel,yes\n1,Rom,yes\n", "line 3, column 2 (city): must be one of Bad Segeberg, "),
        ("size,city,sold\n,Kiel,yes\n", "line 2, column 1 (size): is empty"),
        ("size,city,sold\nfoo,Kiel,yes\n", "line 2, column 1 (size): must be a number, got 'foo'"),
        ("size,city,sold\n1e60,Kiel,yes\n", "line 2: a feature has no finite value there"),
        ("size,city,sold\n1,Kiel\n", "line 2: has 2 cells, but line 1 has 3"),
        ("size,city,sold,predicted price\n1,Kiel,yes,3\n", "has a column 'predicted price'"),
        ("", "is empty"),
    ],
)
def test_a_bad_row_is_named_in_one_line_and_nothing_is_written(rows: str, problem: str) -> None:
    Path("new.csv").write_text(rows, encoding="utf-8")
    Path("out.csv").write_text("as it was", encoding="utf-8")
    done = call("predict", "price.bptui", "new.csv", "--output", "out.csv")
    assert (done.status, done.out) == (2, "")
    assert problem in done.complaint
    assert Path("out.csv").read_text(encoding="utf-8") == "as it was"


def test_predict_skips_and_counts_bad_rows() -> None:
    Path("new.csv").write_text("x,y\n1,2\n,2\nfoo,2\n0.5,2\n", encoding="utf-8")
    done = call("predict", "sine.bptui", "new.csv", "--skip-bad")
    assert [row["predicted sin x"] == "" for row in records(done.out)] == [False, True, True, False]
    counted = "2 of 4 rows have no answer; the first: new.csv, line 3, column 1 (x): is empty"
    assert (done.status, done.complaint) == (1, f"bptui predict: {counted}")
    done = call("predict", "sine.bptui", "new.csv", "--skip-bad", "--format", "jsonl")
    assert [json.loads(line)["predicted sin x"] is None for line in done.lines] == [False, True, True, False]
    Path("new.csv").write_text("size,city,sold\n1e60,Kiel,yes\n1,Rom,no\n2,Kiel,no\n", encoding="utf-8")
    done = call("predict", "price.bptui", "new.csv", "--skip-bad", "--format", "text")
    assert done.lines == ["", "", str(predicted([[2, "Kiel", "no"]])[0])]


def test_predict_takes_values_on_the_command_line_and_gives_each_class_a_probability() -> None:
    trainer = load("spiral.bptui")
    (shares,), (name,) = trainer.predict_proba([[0.3, -1e-1]]), trainer.predict([[0.3, -0.1]])
    assert np.isclose(shares.sum(), 1)
    done = call("predict", "spiral.bptui", "--proba", "0.3", "-1e-1", "--format", "jsonl")
    expected = {f"P({each})": share for each, share in zip(trainer.dataset.classes, shares, strict=True)}
    assert json.loads(done.out) == {"x": 0.3, "y": -0.1, **expected, "predicted class": name}
    assert call("predict", "spiral.bptui", "0.3", "-.1").out == f"{name}\n"
    assert call("predict", "price.bptui", "1,5", "Bad Segeberg", "no").out == (
        f"{predicted([[1.5, 'Bad Segeberg', 'no']])[0]}\n"
    )
    assert "must be a value for each of x, y, got 1" in call("predict", "spiral.bptui", "0.3").complaint
    assert "x: must be a number, got 'foo'" in call("predict", "spiral.bptui", "foo", "3").complaint
    assert "only a classification has classes" in call("predict", "sine.bptui", "3", "--proba").complaint


def test_starts_answer_together_with_the_mean_of_their_probabilities() -> None:
    run = load("spiral.bptui")
    starts = [Trainer(run.config.replace(seed=seed)) for seed in range(3)]
    for start in starts:
        start.run_epoch()
    together = np.mean([start.predict_proba([[0.3, -0.1]])[0] for start in starts], axis=0)
    done = call("predict", "spiral.bptui", "--starts", "3", "--proba", "0.3", "-0.1", "--format", "jsonl")
    shares = [value for name, value in json.loads(done.out).items() if name.startswith("P(")]
    np.testing.assert_allclose(shares, together, rtol=1e-12)
    assert "must be" in call("predict", "spiral.bptui", "0.3", "-0.1", "--starts", "1").complaint


def test_rows_from_a_pipe_without_a_header_and_a_reader_that_stops() -> None:
    done = run("predict", "spiral.bptui", stdin=b"0.3,-0.1\n-1,1\n")
    names_of = load("spiral.bptui").predict([[0.3, -0.1], [-1, 1]])
    assert (done.status, done.lines) == (0, [f"0.3,-0.1,{names_of[0]}", f"-1,1,{names_of[1]}"])
    assert "has no column 'x'" in run("predict", "spiral.bptui", stdin=b"a,b\n1,2\n").complaint
    done = run("predict", "spiral.bptui", "-", stdin=b"x,y\n" + 100_000 * b"1,1\n", shell='"$@" | head -1')
    assert (done.out, done.err) == ("x,y,predicted class\n", "")


def test_predict_leaves_no_half_file_when_it_is_stopped(folder: Path) -> None:
    before = names(folder)
    with running("predict", "sine.bptui", "-", "--output", "out.csv", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n" + 50_000 * b"1\n")  # more than a pipe holds: most rows have been read
        process.send_signal(signal.SIGINT)
        done = finish(process)
    assert (done.status, done.err) == (130, "")
    assert names(folder) == before


def test_predict_refuses_missing_and_diverged_runs(folder: Path) -> None:
    assert "nope.bptui: there is no such file" in call("predict", "nope.bptui", "3").complaint
    assert "is also the file of RUN" in call("predict", "sine.bptui", "3", "--output", "sine.bptui").complaint
    diverged = Trainer(TrainingConfig.defaults("regression", learning_rate=1000, epochs=20))
    with pytest.raises(DivergedError):
        diverged.fit()
    save(diverged, "diverged.bptui")
    done = call("predict", "diverged.bptui", "3")
    assert done.status == 1
    assert done.complaint.startswith("bptui predict: diverged in epoch 0 at sample 52")
