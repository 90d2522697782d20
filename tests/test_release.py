"""What is released: the files in the wheel, and one version everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from bptui import __version__
from tests.tui.support.running import call

ROOT = Path(__file__).parents[1]
PACKAGES = (
    ROOT / "engine" / "bpengine",
    ROOT / "engine" / "bpsteer",
    ROOT / "engine" / "bpwords",
    ROOT / "tui" / "bptui",
)


def test_the_wheel_has_each_file_of_both_packages_and_nothing_else(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    shared = re.compile(
        r"\.dist-info/|\.data/data/share/man/man1/bptui[a-z-]*\.1$"
    )  # pages are there after make dist
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not shared.search(name)}
    assert wheel.name == f"bptui-{__version__}-py3-none-any.whl"
    assert names == {
        path.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_changelog_and_the_citation_have_this_version() -> None:
    entries = re.findall(
        r"^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert entries[0] == __version__
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert call("--version").out == f"bptui {__version__}\n"
