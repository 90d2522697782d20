"""The container of checkpoints and kept runs: a zip of a JSON header and of NumPy arrays.

The first member is `header.json`, an object with these keys:

- `format`: what the file is, such as "bpengine checkpoint".
- `number`: the number of the format.
- `about`: a short description, for lists of files.
- `content`: everything else that is not an array.

The other members are arrays in NumPy's format 1.0: 64-bit floats or integers, little-endian, in C order. The
name of a member is the place of the array in the content, where the header has null: `runs/run/losses.npy` is
`content["runs"]["run"]["losses"]`. `numpy.load` opens such a file, too.

Nothing is compressed, so that no member can be larger than the file, and all times are the same, so that the
same content makes the same bytes. The comment of the zip, which is the end of the file, is the SHA-256 of all
bytes before it, in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from bpengine.errors import CheckpointError
from bpengine.files import json_of, regular_file
from bpwords import Sentence, printable, shown, word

NUMBER = 1
"""The number of the format."""
MAX_BYTES = 100_000_000
"""The size of the largest file that is written or read: more than a run of the largest data takes."""
MAX_HEADER = 10_000_000
"""The size of the largest header that is written or read; see also the limits of `json_of`."""
MAX_MEMBERS = 20_000
"""The most members of a file that is read: more than there are arrays in the runs of two tabs."""
HEADER = "header.json"
ARRAY = ".npy"

Content = dict[str, Any]
"""JSON values and arrays in nested objects and lists."""

_BEGINNING = b"PK\x03\x04"
_MAX_OVERHEAD = 1000
"""More bytes than a member takes apart from its numbers."""
_KEYS = ("format", "number", "about", "content")
_SEAL = 64
"""The length of the checksum at the end of a file."""
_MEMBER = struct.Struct("<4s2xHH8xIIHH")
"""Before each member: a sign, flags, the compression, both sizes, the lengths of its name and of extras."""
_UTF8 = 1 << 11
"""The flag of a name that is not ASCII."""
_PIECE = 1 << 20
_ARRAY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<f8|<i8)', 'fortran_order': False, "
    rb"'shape': \(((?:\d{1,12}, ?)*(?:\d{1,12})?)\), \} *\n",
    re.DOTALL,
)


class DamagedError(ValueError):
    """A file has content that would not have been written; the message says where and what."""


class ForeignError(ValueError):
    """A file is something else, or has a format that this version does not read."""


def damaged(where: str, what: str) -> DamagedError:
    """The error for an invalid value."""
    return DamagedError(f"{where} {what}")


def packed(kind: str, content: Content, about: Content | None = None) -> bytes:
    """The bytes of a container.

    Args:
        kind: the `format` in the header.
        content: what it holds.
        about: the description in the header.

    Raises:
        CheckpointError: the content is too large.
    """
    arrays: dict[str, Any] = {}
    header = [kind, NUMBER, about or {}, _split(content, "", arrays)]
    text = json.dumps(dict(zip(_KEYS, header, strict=True)), indent=1, allow_nan=False).encode("ascii")
    try:
        is_readable = len(text) <= MAX_HEADER and bool(json_of(text))
    except ValueError:
        is_readable = False
    if not is_readable:
        raise CheckpointError("its settings, names and edits take too much room")
    if len(text) + sum(array.nbytes + _MAX_OVERHEAD for array in arrays.values()) > MAX_BYTES:
        raise CheckpointError(f"its file would have more than {MAX_BYTES // 1_000_000} MB")
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"0" * _SEAL  # the checksum takes its place
        archive.writestr(zipfile.ZipInfo(HEADER), text)
        for name, array in arrays.items():
            numbers = np.ascontiguousarray(array, dtype="<i8" if array.dtype.kind in "iu" else "<f8")
            with archive.open(zipfile.ZipInfo(name + ARRAY), "w") as member:
                npy.write_array(member, numbers, version=(1, 0), allow_pickle=False)
    with file.getbuffer() as data:
        data[-_SEAL:] = hashlib.sha256(data[:-_SEAL]).hexdigest().encode("ascii")
    return file.getvalue()


def read(path: str | os.PathLike[str], kind: str) -> Content:
    """The content of a file.

    Raises:
        FileError: the file can't be read.
        ForeignError: the file is of another kind.
        DamagedError: the file has been damaged or changed.
    """
    with regular_file(path, MAX_BYTES) as file:
        return _content(file, kind)


def read_about(path: str | os.PathLike[str], kind: str) -> Any:
    """The description in a file's header, without reading the rest or checking the checksum.

    Raises:
        FileError, ForeignError, DamagedError: see `read`.
    """
    with regular_file(path, MAX_BYTES) as file:
        _check_beginning(file, kind)
        return _header(_members(file), kind)["about"]


def unpacked(data: bytes, kind: str) -> Content:
    """The content of a container.

    Raises:
        ForeignError, DamagedError: see `read`.
    """
    return _content(BytesIO(data), kind)


def is_container(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a container does."""
    try:
        with regular_file(path, MAX_BYTES) as file:
            _check_beginning(file, "container")
    except (OSError, ForeignError):
        return False
    return True


def is_sealed(file: IO[bytes]) -> bool:
    """Whether the file is whole: its end is the checksum of everything before."""
    left = max(file.seek(0, os.SEEK_END) - _SEAL, 0)
    file.seek(left)
    seal = file.read(_SEAL)
    if not re.fullmatch(rb"[0-9a-f]{64}", seal):
        return False
    digest = hashlib.sha256()
    file.seek(0)
    while left and (piece := file.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest().encode("ascii") == seal


def _content(file: IO[bytes], kind: str) -> Content:
    _check_beginning(file, kind)
    if not is_sealed(file):
        raise DamagedError(word("the checksum does not fit: the file is cut off or has changed"))
    members = _members(file)
    content = _header(members, kind)["content"]
    if not isinstance(content, dict):
        raise damaged("the content", "is not an object")
    for count, (name, data) in enumerate(members, 1):
        if count > MAX_MEMBERS:
            raise damaged("the file", "has too many members")
        _insert(content, name, _array(data, name))
    return content


def _split(content: Any, place: str, arrays: dict[str, Any]) -> Any:
    """The content with null in place of its arrays, which are collected by their places."""
    if isinstance(content, np.ndarray):
        arrays[place[1:]] = content
        return None
    if isinstance(content, dict):
        return {name: _split(part, f"{place}/{name}", arrays) for name, part in content.items()}
    if isinstance(content, list):
        return [_split(part, f"{place}/{number}", arrays) for number, part in enumerate(content)]
    return content


def _check_beginning(file: IO[bytes], kind: str) -> None:
    data = file.read(100)
    if not data:
        raise ForeignError(word("is empty"))
    if not data.startswith(_BEGINNING) or data[30 : 30 + len(HEADER)] != HEADER.encode("ascii"):
        raise _foreign(kind)


def _foreign(kind: str) -> ForeignError:
    said = word(kind).removeprefix("bpengine ")
    return ForeignError(Sentence("is not a {kind} that this version reads")(kind=said))


def _members(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The names and the bytes of the members, without the directory that follows them."""
    size, place = file.seek(0, os.SEEK_END), file.seek(0)
    while True:
        start = file.read(_MEMBER.size)
        if not start.startswith(_BEGINNING):
            break
        if len(start) < _MEMBER.size:
            raise damaged("the file", "is not a whole zip")
        _, flags, compression, stored, length, name_length, extra = _MEMBER.unpack(start)
        name = file.read(name_length).decode("utf-8", "replace")
        if compression or stored != length or extra or flags & ~_UTF8:
            raise damaged("the file", "has a compressed member")
        place += _MEMBER.size + name_length + length
        if place > size or (name == HEADER and length > MAX_HEADER):
            raise damaged("the file", "has members that are too large")
        yield name, file.read(length)


def _header(members: Iterator[tuple[str, bytes]], kind: str) -> Content:
    name, data = next(members)
    try:
        header = json_of(data) if name == HEADER else None
    except ValueError as error:
        raise damaged("the header", str(error)) from None
    if not isinstance(header, dict) or header.get("format") != kind:
        raise _foreign(kind)
    number = header.get("number")
    if type(number) is int and number != NUMBER:
        other = Sentence("has the format {number}; this version reads format {own}")
        raise ForeignError(other(number=shown(number, 20), own=NUMBER))
    if tuple(header) != _KEYS or type(number) is not int:
        raise damaged("the header", f"does not have the keys {', '.join(_KEYS)}")
    return header


def _array(data: bytes, name: str) -> Any:
    """The array in a member; read-only."""
    header = _ARRAY_HEADER.match(data)
    if header is None or int.from_bytes(data[8:10], "little") != header.end() - 10:
        raise damaged(printable(name), "is not an array of numbers")
    shape = [int(length) for length in re.findall(rb"\d+", header[2])]
    if 8 * math.prod(shape) != len(data) - header.end():
        raise damaged(printable(name), "has more or fewer numbers than its shape")
    numbers = np.frombuffer(data, dtype=header[1].decode("ascii"), offset=header.end())
    native = np.float64 if numbers.dtype.kind == "f" else np.int64
    try:
        return numbers.reshape(shape).astype(native, copy=False)
    except ValueError:  # more dimensions than NumPy has, or a length of 0 beside huge ones
        raise damaged(printable(name), "has an impossible shape") from None


def _insert(content: Content, name: str, array: Any) -> None:
    """Put an array in its place, where the header has null."""
    place: Any = content
    *folders, last = name.removesuffix(ARRAY).split("/")
    try:
        for folder in folders:
            place = place[int(folder) if isinstance(place, list) else folder]
        key: Any = int(last) if isinstance(place, list) else last
        is_free = name.endswith(ARRAY) and place[key] is None
    except (LookupError, TypeError, ValueError):
        is_free = False
    if not is_free:
        raise damaged("the file", f"has an unknown member: {printable(name)}")
    place[key] = array
