"""Each of four thousand damaged files is either loaded or rejected with one line."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from bpengine import Task, TrainingConfig
from bpengine.checkpoint.runs import SavedSource
from bpengine.choices import MISSING
from bpengine.data import Dataset
from bpengine.data.csv import parse_csv
from bpengine.data.csv.files import decode
from bpengine.errors import DataError
from bpengine.training.training_data import make_dataset

VALID: tuple[tuple[Task, bytes], ...] = (
    ("regression", b"x,y\n1,2\n3,4\n5,6\n"),
    ("regression", b'\xef\xbb\xbf"a";"b c";y\r\n1.5;-2;3e2\r\n4;5;"6"\r\n7;8;9\r\n\r\n'),
    ("regression", b"1\t2\n3\t4\n"),
    ("classification", b"x,y,label\n0.1,0.2,a\n0.3,0.4,b\n0.5,0.6,a\n"),
    ("classification", 'größe,"na\nme",art\n1,2,schön\n3,4,"häß,lich"\n5,6,a"b\n'.encode()),
    ("classification", b"1,10\n2,9\n3,10\n4,x\n"),
    (
        "classification",
        b"# from a lab\n,sex,fun,when,label\n0,f,yes,2024-01-02,a\n1,m,no,2024-02-01 08:00,b\n",
    ),
    ("regression", b"sep=|\nsize|kind|price\n82,5|flat|1.250,5\n# sold\n90|house|2000\n71,25|flat|\n"),
    ("regression", b"stra\xdfe;h\xf6he;y\nA;1,5;2\nB;;3\nA;?;4\nA;2;5\n"),
)
TOKENS = (
    *(b"", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b'"', b'""', b'","', b"\0", b"\xff", b"\xef\xbb\xbf"),
    *(
        b"nan",
        b"inf",
        b"-1e400",
        b"1e100",
        b"1e-320",
        b"1_0",
        b"0x1",
        b"-",
        b".",
        b"+",
        b"e",
        b" ",
        b"x",
        b"'",
    ),
    *(b"\x1b[2J", b"\x07", b"\x85", b"\xc2\x85", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1c", b"\xe2\x80\xae"),
    *("٣".encode(), b"9" * 5000, b"a" * 300, b"=1+1", b"\xed\xa0\x80", b"1,2\n" * 50, b"\n\n\n"),
    *(b"|", b"#", b"# x\n", b"sep=;\n", b"2024-01-01", b"31.12.2024", b"12:30", b"yes", b"N", b"NA", b"?"),
    *(b"1,5", b"1.234,5", b"01", b"1.0", b"\x81", b"\xe9", b"word" * 60),
)
OPTIONS = ("1", "2", "3", "x", "label", "", "0", "99", "a\nb", "\x1b")
FILES = 4_000

Mutation = Callable[[random.Random, bytes], bytes]


def flip_bit(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data) or 1)
    return (
        data[:place]
        + bytes([byte ^ 1 << rng.randrange(8) for byte in data[place : place + 1]])
        + data[place + 1 :]
    )


def cut(rng: random.Random, data: bytes) -> bytes:
    start, stop = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[stop:] if rng.random() < 0.7 else data[start:stop]


def insert(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(TOKENS) + data[place:]


def shuffle_lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines[: rng.randrange(len(lines) + 1)] + lines)


def change_cell(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    row = rng.randrange(len(lines))
    mark = rng.choice((b",", b";", b"\t"))
    cells = lines[row].split(mark)
    place = rng.randrange(len(cells))
    action = rng.randrange(3)
    if action == 0:
        cells[place] = rng.choice(TOKENS)
    elif action == 1:
        del cells[place]
    else:
        cells.insert(place, cells[place])
    lines[row] = mark.join(cells)
    return b"\n".join(lines)


def replace_all(rng: random.Random, data: bytes) -> bytes:
    return data.replace(rng.choice((b",", b";", b"\n", b'"', b"1", b"a", b".")), rng.choice(TOKENS))


MUTATIONS: tuple[Mutation, ...] = (flip_bit, cut, insert, shuffle_lines, change_cell, replace_all)


def assert_sound(dataset: Dataset, task: Task) -> None:
    n, d, k = len(dataset), len(dataset.features), max(1, len(dataset.classes))
    assert n >= 2
    assert d >= 1
    assert dataset.task == task
    assert (dataset.inputs.shape, dataset.coordinates.shape, dataset.targets.shape) == (
        (n, d),
        (n, d),
        (n, k),
    )
    assert len(dataset.domain) == d
    assert all(low < high for low, high in dataset.domain)
    for array in (dataset.inputs, dataset.targets, dataset.coordinates):
        assert np.isfinite(array).all()
    if task == "classification":
        assert len(dataset.classes) >= 2
        assert (dataset.targets.sum(axis=1) == 1).all()
        assert (dataset.targets.sum(axis=0) >= 1).all()
    assert not dataset.columns or sum(column.width for column in dataset.columns) == d
    for text in (dataset.name, dataset.target, *dataset.features, *dataset.classes, *dataset.notes):
        assert text.isprintable()
        assert 0 < len(text) <= 300


@pytest.mark.parametrize(("task", "data"), VALID)
def test_undamaged_files_load(task: Task, data: bytes) -> None:
    for missing in ("drop", "mean"):
        assert_sound(parse_csv(decode(data, "f.csv")[0], "f.csv", task, missing=missing), task)


@pytest.mark.parametrize("part", range(4))
def test_damaged_files_load_or_are_rejected_in_one_line(part: int) -> None:
    loaded = 0
    messages = set()
    for number in range(part * FILES // 4, (part + 1) * FILES // 4):
        rng = random.Random(number)
        task, data = rng.choice(VALID)
        for _ in range(rng.choice((1, 1, 2, 4))):
            data = rng.choice(MUTATIONS)(rng, data)
        target, feature = (rng.choice(OPTIONS) if rng.random() < 0.2 else None for _ in range(2))
        features = None if feature is None else [feature, *rng.choices(("1", "y"), k=rng.randrange(2))]
        header = rng.choice((None, None, None, None, True, False))
        ignore = [rng.choice(OPTIONS)] if rng.random() < 0.1 else []
        missing = rng.choice(MISSING)
        try:
            dataset = parse_csv(
                decode(data, "f.csv")[0],
                "f.csv",
                task,
                features=features,
                target=target,
                header=header,
                ignore=ignore,
                missing=missing,
            )
        except DataError as error:
            message = str(error)
            assert message.isprintable(), (number, message)
            assert message.startswith(("f.csv: ", "f.csv, ")), (number, message)
            assert len(message) < 300, (number, message)
            messages.add(message)
        else:
            assert_sound(dataset, task)
            source = SavedSource.of(dataset).dataset("data")
            assert source.columns == dataset.columns
            standardized = make_dataset(
                TrainingConfig.defaults(task, test_share=0.3, data_seed=number), dataset
            )
            assert_sound_after_scaling(standardized)
            loaded += 1
    # Make sure that both outcomes are common.
    assert loaded > 80
    assert len(messages) > 100


def assert_sound_after_scaling(dataset: Dataset) -> None:
    for part in (dataset, dataset.test):
        if part is not None:
            assert np.isfinite(part.inputs).all()
            assert np.isfinite(part.targets).all()
