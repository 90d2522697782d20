"""Print what this installation and this terminal are, to be pasted into an issue.

usage: bptui doctor

It names versions, the terminal, and how many columns its font takes for what the screen draws. It
names no user, no host and no file of yours. It compiles the machine code if that is not in its cache.

examples:
  bptui doctor

Exit status: 0 done, 2 bad use.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from bptui import __version__
from bptui.cli.parsing import Parser, make_parser
from bptui.process.streams import needs_ascii
from bptui.session.autosave.paths import RUNS, state_path
from bptui.session.autosave.runs_folder import KeptFolder

DRAWN = {"⣿": 1, "▀": 1, "─": 1, "η": 1, "₁": 1, "学": 2}
"""Characters that the screen draws, and how many columns each should take."""
VARIABLES = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TERM_PROGRAM", "TEXTUAL_THEME")
"""The environment variables that decide how the screen looks."""
_NAME = re.compile(r"[\w.-]+")
_FOR_MAINTAINERS = re.compile(r"extra == .(dev|release|site)\b")
_POSITION = re.compile(rb"\x1b\[\d+;(\d+)R")


def parser() -> Parser:
    """Make the parser of `bptui doctor`."""
    return make_parser(__doc__)


def run(_options: argparse.Namespace) -> int:
    """Print the lines; return the exit status."""
    for name, value in _lines():
        print(f"{name + ':':<14}{value}")
    return 0


def _lines() -> Iterator[tuple[str, str]]:
    from rich.console import Console

    from bpengine.many.jobs import processors

    yield "bptui", f"{__version__}, in {_shown(Path(__file__).parents[1])}"
    yield "Python", f"{platform.python_version()} ({platform.python_implementation()})"
    system = (platform.system(), platform.release(), platform.machine())
    yield "system", f"{' '.join(system)}, {processors()} processors"
    yield "packages", ", ".join(_packages())
    yield "machine code", _machine_code()
    columns, rows = shutil.get_terminal_size()
    yield "terminal", f"{columns}x{rows}" if sys.stdout.isatty() else "none: the output is a file or a pipe"
    yield "variables", ", ".join(f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ)
    inside = (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_CONNECTION"))
    found = [name for name, variable in inside if variable in os.environ]
    yield "inside", ", ".join(found) or "neither tmux, screen nor SSH"
    yield "colors", Console().color_system or "none"
    yield "characters", "ASCII only" if needs_ascii() else "Unicode"
    yield "widths", _widths()
    yield "state folder", _state()


def _shown(path: Path) -> str:
    """A path without the name of the user."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _packages() -> Iterator[str]:
    """Each package that bptui needs or can use, with its version."""
    for requirement in requires("bptui") or ():
        name = _NAME.match(requirement)
        if name and not _FOR_MAINTAINERS.search(requirement):
            try:
                yield f"{name[0]} {version(name[0])}"
            except PackageNotFoundError:
                yield f"no {name[0]}"


def _machine_code() -> str:
    """Whether there is machine code. It is compiled if it is not in its cache, which takes some seconds."""
    from bpengine.kernels.loading import NumbaError, load_numba

    try:
        load_numba()
    except NumbaError as error:
        return f"no: {error}"
    return "yes"


def _widths() -> str:
    """The characters that the terminal draws with another width than the screen expects."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "not measured: there is no terminal"
    wrong = []
    for text, columns in DRAWN.items():
        measured = _measured_width(text)
        if measured is None:
            return "not measured: the terminal does not say where its cursor is"
        if measured != columns:
            wrong.append(f"{text} takes {measured} columns, not {columns}")
    return "; ".join(wrong) or f"right for {' '.join(DRAWN)}"


def _measured_width(text: str) -> int | None:
    """How many columns the terminal draws a text in; None if it does not answer within three seconds."""
    import select
    import termios
    import tty

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin)
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), f"\r{text}\x1b[6n\r\x1b[K".encode())  # the stream would escape it
        answer = b""
        while not (position := _POSITION.search(answer)):
            if not select.select([stdin], [], [], 3)[0]:
                return None
            answer += os.read(stdin, 32)
        return int(position[1]) - 1
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def _state() -> str:
    """The state folder, and what is in it."""
    folder = state_path()
    if not folder.is_dir():
        return f"{_shown(folder)}, which does not exist yet"
    files, problems = KeptFolder(folder / RUNS).files()
    writable = "" if os.access(folder, os.W_OK) else ", which can't be written to"
    damaged = f", {len(problems)} of them damaged" if problems else ""
    return f"{_shown(folder)}{writable}; {len(files) + len(problems)} kept runs{damaged}"
