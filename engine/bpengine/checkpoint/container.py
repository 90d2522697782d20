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
from io import BytesIO
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from bpengine.errors import CheckpointError
from bpengine.files import read_whole, regular_file
from bpengine.wording import printable, shown

NUMBER = 1
"""The number of the format."""
MAX_BYTES = 1_000_000_000
"""The size of the largest file that is written or read."""
MAX_HEADER = 50_000_000
"""The size of the largest header that is written or read."""
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
_ARRAY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<f8|<i8)', 'fortran_order': False, "
    rb"'shape': \(((?:\d{1,12}, ?)*(?:\d{1,12})?)\), \} *\n",
    re.DOTALL,
)
_ZIP_ERRORS = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError),
    *(ValueError, KeyError, OverflowError, struct.error),
)
"""What `zipfile` raises for a file that is no valid zip."""


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
    if len(text) > MAX_HEADER:
        raise CheckpointError(f"its settings, names and edits take more than {MAX_HEADER // 1_000_000} MB")
    if len(text) + sum(array.nbytes + _MAX_OVERHEAD for array in arrays.values()) > MAX_BYTES:
        raise CheckpointError(f"the run takes more than {MAX_BYTES // 1_000_000} MB")
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
    return unpacked(read_whole(path, MAX_BYTES), kind)


def read_about(path: str | os.PathLike[str], kind: str) -> Any:
    """The description in a file's header, without reading the rest or checking the checksum.

    Raises:
        FileError, ForeignError, DamagedError: see `read`.
    """
    with regular_file(path, MAX_BYTES) as file:
        _check_beginning(file.read(100), kind)
        return _header(_archive(file, MAX_BYTES), kind)["about"]


def unpacked(data: bytes, kind: str) -> Content:
    """The content of a container.

    Raises:
        ForeignError, DamagedError: see `read`.
    """
    _check_beginning(data, kind)
    if not is_sealed(data):
        raise damaged("the checksum", "does not fit: the file is cut off or has changed")
    archive = _archive(BytesIO(data), len(data))
    content = _header(archive, kind)["content"]
    if not isinstance(content, dict):
        raise damaged("the content", "is not an object")
    for info in archive.infolist()[1:]:
        _insert(content, info.filename, _array(_member(archive, info), info.filename))
    return content


def is_container(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a container does."""
    try:
        with regular_file(path, MAX_BYTES) as file:
            _check_beginning(file.read(100), "container")
    except (OSError, ForeignError):
        return False
    return True


def is_sealed(data: bytes) -> bool:
    """Whether the file is whole: its end is the checksum of everything before."""
    view = memoryview(data)
    return hashlib.sha256(view[:-_SEAL]).hexdigest().encode("ascii") == data[-_SEAL:]


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


def _check_beginning(data: bytes, kind: str) -> None:
    if not data:
        raise ForeignError("is empty")
    if not data.startswith(_BEGINNING) or data[30 : 30 + len(HEADER)] != HEADER.encode("ascii"):
        raise _foreign(kind)


def _foreign(kind: str) -> ForeignError:
    return ForeignError(f"is not a {kind.removeprefix('bpengine ')} that this version reads")


def _archive(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The zip, whose members are stored as they are and are not larger than the file."""
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_ERRORS:
        raise damaged("the file", "is not a whole zip") from None
    members = archive.infolist()
    names = [info.filename for info in members]
    if names[:1] != [HEADER] or len(set(names)) != len(names):
        raise damaged("the file", "has no header, or a member twice")
    for info in members:
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise damaged("the file", "has a compressed member")
    if sum(info.file_size for info in members) > size or members[0].file_size > MAX_HEADER:
        raise damaged("the file", "has members that are larger than the file")
    return archive


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(info)
    except _ZIP_ERRORS:
        raise damaged("the file", f"has a damaged member: {printable(info.filename)}") from None


def _header(archive: zipfile.ZipFile, kind: str) -> Content:
    header = _json(_member(archive, archive.infolist()[0]))
    if not isinstance(header, dict) or header.get("format") != kind:
        raise _foreign(kind)
    number = header.get("number")
    if type(number) is int and number != NUMBER:
        age = "newer" if number > NUMBER else "older"
        raise ForeignError(f"has the {age} format {shown(number, 20)}; this version reads format {NUMBER}")
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


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise damaged("the header", "is not valid JSON") from None
