"""A file that is not a checkpoint, or is damaged, is refused in one line with the file and the reason."""

from __future__ import annotations

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import CheckpointError, checkpoint
from bpengine.checkpoint import container
from bpengine.checkpoint.saving import KIND
from tests.engine.checkpoints import (
    files,
    forged,
    members_of,
    refusal,
    refused,
    resealed,
    sealed,
)

FOREIGN = "is not a checkpoint that this version reads"
CHANGED = "is damaged: the checksum does not fit: the file is cut off or has changed"


def test_a_file_is_a_zip_that_numpy_opens() -> None:
    with np.load(BytesIO(files()["tested"])) as arrays:
        assert arrays["runs/run/parameters"].shape == (10,)
    header = json.loads(members_of(files()["tested"])["header.json"])
    assert (header["format"], header["number"]) == ("bpengine checkpoint", 1)
    assert header["content"]["runs"]["run"]["config"]["samples"] == 5


def test_any_content_comes_back_bit_for_bit() -> None:
    arrays = [np.arange(6.0).reshape(2, 3), np.array([np.nan, -0.0, np.inf, 5e-324]), np.zeros((0, 2))]
    content = {"a": {"b": arrays, "c": None}, "d": [1, 0.1, "ü\n", [], {}], "e": np.arange(3)}
    data = container.packed("kind", content, {"about": 1})
    assert data == container.packed("kind", content, {"about": 1})
    back = container.unpacked(data, "kind")
    assert back["d"] == content["d"]
    assert back["e"].dtype == np.int64
    for one, other in zip(back["a"]["b"], arrays, strict=True):
        assert (one.shape, one.tobytes()) == (other.shape, other.tobytes())
    (transposed,) = container.unpacked(container.packed("kind", {"a": arrays[0].T}), "kind").values()
    np.testing.assert_array_equal(transposed, arrays[0].T)


def test_a_run_that_is_too_large_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 1_000_000)
    with pytest.raises(CheckpointError, match="its file would have more than 1 MB"):
        container.packed("kind", {"a": np.zeros(125_000)})
    monkeypatch.setattr(container, "MAX_HEADER", 1000)
    with pytest.raises(CheckpointError, match="its settings, names and edits take too much"):
        container.packed("kind", {"a": "x" * 1000})


def test_a_path_without_a_regular_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing") == "there is no such file"
    assert refusal(tmp_path) == "is a folder, not a file"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "is not a regular file"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refusal(tmp_path / "loop").startswith("can't be read: ")
    assert refusal(tmp_path / ("x" * 300)).startswith("can't be read: ")
    with pytest.raises(CheckpointError, match="is not a possible file name"):
        checkpoint.load("a\0b")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run"
    with path.open("wb") as file:
        file.truncate(container.MAX_BYTES + 1)  # a sparse file, which takes no space on the disk
    monkeypatch.setattr(Path, "open", None)
    assert refusal(path) == "is too large: the limit is 100 MB"


def test_control_characters_in_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a\x1b[31m\nb\u202e")
    path.write_text("", encoding="ascii")
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    assert str(caught.value) == r"a\x1b[31m\nb\u202e: is empty"


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b'{"format": "bpengine checkpoint", "version": 1, "sha256": "", "run": {}}',  # as files once were
        b"\x00\xff",
        forged([("other", b"")]),
        container.packed("bptui kept run", {}),
    ],
)
def test_files_of_other_programs_are_refused(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data) == FOREIGN


def test_any_cut_and_any_changed_byte_is_found(tmp_path: Path) -> None:
    data = files()["fresh"]
    for length in range(50, len(data), 101):
        assert refused(tmp_path, data[:length]) == CHANGED
    for place in range(50, len(data), 101):
        assert refused(tmp_path, data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :]) == CHANGED
    assert refused(tmp_path, data + b"0") == CHANGED


def header(**changes: Any) -> bytes:
    """A file with other values in its header."""
    members = members_of(files()["fresh"])
    members["header.json"] = json.dumps(json.loads(members["header.json"]) | changes).encode()
    return forged(members.items())


def test_checkpoints_of_older_and_newer_formats_are_refused(tmp_path: Path) -> None:
    for number in (0, -1, 2, 10**30):
        reason = refused(tmp_path, header(number=number))
        assert reason == f"has the format '{str(number)[:20]}'; this version reads format 1"
    for odd in (None, True, "1", 1.0, [1]):
        assert refused(tmp_path, header(number=odd)).startswith("is damaged: the header does not have")
    assert refused(tmp_path, header(more=1)).startswith("is damaged: the header does not have")
    assert refused(tmp_path, header(content=[])) == "is damaged: the content is not an object"
    assert refused(tmp_path, header(format=["x"])) == FOREIGN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not valid JSON"),
        (b'{"format": "bpengine checkpoint"', "is not valid JSON"),
        (b"\xff", "is not valid JSON"),
        (b"[" * 1000, "is nested too deeply"),
        (b"9" * 301, "has a huge number"),
        (b"[" + b"[]," * 60_000 + b"0]", "has too many values"),
        (b"[" + b"0," * 600_000 + b"0]", "has too many values"),
    ],
    ids=range(7),
)
def test_a_header_that_is_no_json_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    assert refused(tmp_path, forged([("header.json", data)])) == f"is damaged: the header {reason}"


def array(header: str, data: bytes = bytes(80), version: bytes = b"\x01\x00") -> bytes:
    """A member in NumPy's format with this header."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + data


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (10,), }"
NO_ARRAY, OTHER_COUNT = "is not an array of numbers", "has more or fewer numbers than its shape"


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (b"", NO_ARRAY),
        (array(GOOD, version=b"\x02\x00"), NO_ARRAY),
        (array(GOOD.replace("<f8", "|O")), NO_ARRAY),
        (array(GOOD.replace("<f8", ">f8")), NO_ARRAY),
        (array(GOOD.replace("<f8", "<f4")), NO_ARRAY),
        (array(GOOD.replace("False", "True")), NO_ARRAY),
        (array(GOOD.replace("(10,)", "(-10,)")), NO_ARRAY),
        (array(GOOD.replace("(10,)", "(10.0,)")), NO_ARRAY),
        (array(GOOD.replace("(10,)", f"({'9' * 30},)")), NO_ARRAY),
        (array(GOOD.replace("(10,)", f"({'(' * 5000}")), NO_ARRAY),
        (array(GOOD.replace("(10,)", "(11,)")), OTHER_COUNT),
        (array(GOOD.replace("(10,)", "(10, 99999999999, 99999999999)")), OTHER_COUNT),
        (array(GOOD, bytes(79)), OTHER_COUNT),
        (array(GOOD.replace("(10,)", f"(10, {'1, ' * 80})")), "has an impossible shape"),
        (array(GOOD.replace("(10,)", "(0, 99999999999, 99999999999)"), b""), "has an impossible shape"),
    ],
)
def test_a_forged_array_is_refused_before_memory_is_taken_for_it(
    tmp_path: Path, member: bytes, reason: str
) -> None:
    members = members_of(files()["fresh"]) | {"runs/run/parameters.npy": member}
    name = "runs/run/parameters.npy"
    assert refused(tmp_path, forged(members.items())) == f"is damaged: {name} {reason}"


def test_an_array_as_numpy_writes_it_is_taken(tmp_path: Path) -> None:
    members = members_of(files()["fresh"]) | {"runs/run/parameters.npy": array(GOOD)}
    (tmp_path / "run").write_bytes(forged(members.items()))
    assert not checkpoint.load(tmp_path / "run").network.parameters.any()


def test_unexpected_members_of_the_archive_are_refused(tmp_path: Path) -> None:
    members = members_of(files()["fresh"])
    text, parameters = members["header.json"], members["runs/run/parameters.npy"]
    for name in (
        *("more.npy", "runs/run/more.npy", "runs/run/config/seed.npy", "runs/run/changes/0.npy"),
        *("runs/run/parameters/0.npy", "../../etc.npy", "/x.npy", "runs/run", "", "\x1b[31m.npy"),
    ):
        reason = refused(tmp_path, forged([*members.items(), (name, parameters)]))
        assert reason.startswith("is damaged: ")
    for name, data in (("runs/run/parameters.npy", parameters), ("header.json", text)):
        reason = refused(tmp_path, forged([*members.items(), (name, data)]))
        assert reason.startswith("is damaged: ")
    del members["runs/run/losses.npy"]
    assert refused(tmp_path, forged(members.items())) == "is damaged: runs.run.losses has the wrong type"


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    members = [*members_of(files()["fresh"]).items(), ("bomb.npy", bytes(50_000_000))]
    bomb = forged(members, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    assert refused(tmp_path, bomb) == "is damaged: the file has a compressed member"


def test_members_that_are_too_long_are_refused_before_they_are_read(tmp_path: Path) -> None:
    members = [*members_of(files()["fresh"]).items(), ("x.npy", bytes(10_000))]
    data = forged(members)
    place = data.index(b"x.npy") - 30 + 18  # the sizes of x before its content
    sizes = 2 * (2**32 - 1).to_bytes(4, "little")
    forgery = resealed(data[:place] + sizes + data[place + 8 :])
    assert refused(tmp_path, forgery) == "is damaged: the file has members that are too large"


def test_a_description_is_read_without_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(container.packed(KIND, {"a": np.zeros(1000)}, {"x": [1]}))
    damaged = bytearray(path.read_bytes())
    damaged[5000] ^= 1
    path.write_bytes(damaged)
    assert container.read_about(path, KIND) == {"x": [1]}
    with pytest.raises(container.DamagedError):
        container.read(path, KIND)


@pytest.mark.parametrize("kind", files())
def test_archives_without_damage_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run"
    path.write_bytes(sealed(container.unpacked(files()[kind], KIND)))
    assert path.read_bytes() == files()[kind]
    checkpoint.load(path)


@pytest.mark.parametrize("depth", [50, 300, 900, 100_000])
def test_deeply_nested_values_in_a_header_are_refused(tmp_path: Path, depth: int) -> None:
    members = members_of(files()["fresh"])
    text = members["header.json"].replace(b'"seed": 0', b'"seed": ' + b"[" * depth + b"]" * depth)
    answer = refused(tmp_path, forged((members | {"header.json": text}).items()))
    assert answer.startswith("is damaged: ")
    assert len(answer) < 300


def test_a_header_with_numbers_that_are_not_finite_is_refused(tmp_path: Path) -> None:
    members = members_of(files()["fresh"])
    text, found = members["header.json"], b'"gauss": 0.0'
    assert found in text
    for number, place in {
        b"9" * 400: "the header has a huge number",
        **dict.fromkeys((b"NaN", b"-Infinity", b"1e999", b"true"), "runs.run.generator.gauss "),
    }.items():
        changed = members | {"header.json": text.replace(found, b'"gauss": ' + number)}
        assert refused(tmp_path, forged(changed.items())).startswith(f"is damaged: {place}")
