"""`bptui snapshot --output FILE.png`, with the extra and without."""

from __future__ import annotations

import struct
import sys
from functools import partial
from pathlib import Path

import pytest

from bptui.session.saving.pictures.formats import ZOOM, PngError, check_png
from bptui.session.saving.pictures.svg import HEIGHT, MARGIN, WIDTH
from tests.tui.support.pixels import SIGNATURE
from tests.tui.support.running import Done, call

ENDLESS = ("--epochs", "100000000")


def snapshot(path: Path, *flags: str) -> Done:
    return call("snapshot", "regression", *flags, "--output", str(path))


def needs_png() -> None:
    pytest.importorskip("resvg_py", reason="the extra png is not installed")
    try:
        check_png()
    except PngError as error:
        pytest.skip(str(error))


def test_a_png_is_the_screen_in_pixels(tmp_path: Path) -> None:
    needs_png()
    pictures = []
    for name in ("one.png", "other.png"):
        assert snapshot(tmp_path / name, "--at", "20", "--size", "60x18") == Done(0, "", "")
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith(SIGNATURE)
    size = struct.unpack_from(">II", pictures[0], 16)
    assert size == (ZOOM * (60 * WIDTH + 2 * MARGIN), ZOOM * (18 * HEIGHT + 2 * MARGIN))


def test_a_png_without_its_extra_is_refused_with_the_name_of_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    done = snapshot(tmp_path / "picture.png", *ENDLESS)
    assert (done.status, done.out) == (2, "")
    assert done.complaint.endswith("argument --output: PNG files need an extra: pip install 'bptui[png]'")
    assert not list(tmp_path.iterdir())


def test_an_svg_needs_no_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert snapshot(tmp_path / "picture.svg", "--at", "0") == Done(0, "", "")


def test_a_png_without_a_font_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py", reason="the extra png is not installed")
    monkeypatch.setattr(resvg, "svg_to_bytes", partial(resvg.svg_to_bytes, skip_system_fonts=True))
    done = snapshot(tmp_path / "picture.png", *ENDLESS)
    assert (done.status, done.out) == (2, "")
    assert "argument --output: no font on this machine has 'M': install one" in done.complaint
    assert not list(tmp_path.iterdir())
