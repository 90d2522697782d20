"""A key passes the functions that docs/architecture.md names on its way to a number, in their order."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.tui.support.apps import make_trained_app
from tests.tui.support.driving import press, rest

ROOT = Path(__file__).parents[2]
STATION = re.compile(r"^\| `((?:tui|engine)/[\w/]+\.py)` \| `([\w.]+)` \|", re.MULTILINE)


@contextmanager
def called() -> Iterator[list[tuple[str, str]]]:
    """Yield the files and the names of the functions that are called, each at its first call."""
    seen: dict[tuple[str, str], None] = {}
    order: list[tuple[str, str]] = []

    def record(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call":
            seen.setdefault((code.co_filename, code.co_qualname))

    sys.setprofile(record)
    try:
        yield order
    finally:
        sys.setprofile(None)
    order += [(file.removeprefix(f"{ROOT}/"), name) for file, name in seen]


async def test_a_key_calls_the_functions_that_the_page_names_in_their_order() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    stations = STATION.findall(page)
    assert len(stations) == 15
    app = make_trained_app("regression", 20)
    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        with called() as functions:
            await press(pilot, "right")
    assert [function for function in functions if function in stations] == stations
