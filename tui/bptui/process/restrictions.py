"""What each kind of screen permits, and the server of pages: all limits, which docs/serving.md lists."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Iterable, Mapping, Sized
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bpwords import Sentence, translatable

if TYPE_CHECKING:
    from bpengine import TrainingConfig

_MEGABYTE = 1 << 20
_UNITS = Sentence("hidden layers: at most {most} units in all are allowed here, got {count}")
_SAMPLES = Sentence("samples: at most {most} are allowed here, got {count}")

MIN_SIZE, MAX_SIZE = (60, 18), (500, 200)
"""The fewest columns and rows in which any screen draws, and the most; the rest of a larger window stays
empty."""
SESSIONS_PER_PROCESSOR, SESSION_MEMORY = 30, 128 * _MEGABYTE
"""How many sessions a processor serves, and the memory of the machine that each needs, in bytes."""
MAX_FOLDERS, MIN_FOLDER = 5_000_000_000, 500_000
"""Bytes of the folders of all visitors of a server together, and those that each counts as at least."""
MAX_MESSAGE = 1 << 16
"""Bytes of a message from a page, which sends files and long pastes in pieces."""
DRAW_SECONDS = 0.2
"""The least seconds between two changes of a page's size, and between two drawings of its whole screen: they
are no keys, which the process limits by itself."""


class Restrictions(NamedTuple):
    """What a kind of screen permits: the defaults are those of `RESTRICTED`."""

    max_units: float = 128
    """Hidden units of all layers together."""
    max_samples: float = 2_000
    """Samples of the data set."""
    max_memory: int = 512 * _MEGABYTE
    """Bytes of private memory. A normal run needs a fifth of that."""
    max_file: int = 20 * _MEGABYTE
    """Bytes of a written file, and of all files for a page together."""
    processor_share: float = 0.5
    """The share of one processor that a session may use, for keys and drawing as well as for training."""
    idle_minutes: float = 30
    """The screen ends after this many minutes without a key or a click."""
    max_minutes: float = 240
    """The screen ends after this many minutes in any case."""
    flags: frozenset[str] = frozenset({"cluster", "config", "data", "resume"})
    """The flags that are refused, since they name files or other machines."""
    actions: frozenset[str] = frozenset({"save", "export", "open", "screenshot", "suspend_process", "notify"})
    """The commands, words of the dialogue and actions of Textual that are refused: those that use files, stop
    the process or show arbitrary messages."""
    variables: frozenset[str] = frozenset(
        {"COLORTERM", "HOME", "LANG", "LOGNAME", "NO_COLOR", "PATH", "TERM", "TZ", "USER"}
    )
    """The environment variables that are kept, in addition to the locale. SSH_ORIGINAL_COMMAND is removed."""
    opens: str = ""
    """Which files the screen opens; empty for none."""
    max_upload: int = 0
    """Bytes of a file that a page uploads into the current folder, where it takes the place of earlier ones;
    0 without a page. The program names the files of a page; the user types no name."""
    upload_ending: str = ""
    """The ending of its name."""
    keys: Mapping[str, str] = {}
    """Changed keys by the names of their commands: a browser may take the others for itself."""

    @property
    def has_files(self) -> bool:
        """Whether the user may read and write files by their names."""
        return "open" not in self.actions

    @property
    def limits_processor(self) -> bool:
        """Whether the processor time is limited. Then nothing trains in threads, which nothing slows down."""
        return self.processor_share < math.inf

    def allows_action(self, action: str, arguments: Iterable[object]) -> bool:
        """Whether an action of the app, or the command that the action `do` runs, is allowed."""
        return self.actions.isdisjoint(arguments if action == "do" else (action,))

    def refusal(self, config: TrainingConfig, source: Sized | None = None) -> str:
        """Why these settings are refused, or an empty text.

        Args:
            config: the settings.
            source: the samples if they are not those of a named data set.
        """
        units = sum(config.hidden_units)
        if units > self.max_units:
            return _UNITS(most=self.max_units, count=units)
        samples = config.samples if source is None else len(source)
        if samples > self.max_samples:
            return _SAMPLES(most=self.max_samples, count=samples)
        return ""

    def refusal_of_change(self, config: TrainingConfig, name: str, value: object) -> str:
        """Why a change of a setting is refused, or an empty text, also for a value that no run can have."""
        from bpengine import ConfigError

        with suppress(ConfigError):
            return self.refusal(config.replace(**{name: value}))
        return ""

    def allows(self, config: TrainingConfig) -> bool:
        """Whether these settings are allowed."""
        return not self.refusal(config)

    def clean_environment(self) -> None:
        """Remove the variables that change how libraries behave, before these are loaded."""
        for name in list(os.environ):
            if name not in self.variables and not name.startswith("LC_"):
                del os.environ[name]
        # A pool of threads takes memory, and slows other sessions down.
        os.environ["OPENBLAS_NUM_THREADS"] = "1"

    def limit_process(self) -> None:
        """Limit the memory, turn core files off, and ignore the signal that suspends."""
        from resource import RLIM_INFINITY, RLIMIT_CORE, RLIMIT_DATA, RLIMIT_FSIZE, getrlimit, setrlimit

        for kind, wanted in ((RLIMIT_DATA, self.max_memory), (RLIMIT_FSIZE, self.max_file), (RLIMIT_CORE, 0)):
            _, hard = getrlimit(kind)
            limit = wanted if hard == RLIM_INFINITY else min(wanted, hard)
            setrlimit(kind, (limit, limit))
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)


UNRESTRICTED = Restrictions(
    max_units=math.inf,
    max_samples=math.inf,
    processor_share=math.inf,
    idle_minutes=math.inf,
    max_minutes=math.inf,
    flags=frozenset(),
    actions=frozenset(),
    opens=translatable("A checkpoint, settings or a CSV file"),
)
"""A screen with no limits while it runs. How its process begins is the command line's affair."""
RESTRICTED = Restrictions()
"""A screen or a dialogue that sshd runs for people who may use nothing else: `--restricted`."""
PAGE = RESTRICTED._replace(
    actions=RESTRICTED.actions - {"save"},
    opens=translatable("A CSV file"),
    max_upload=5_000_000,
    upload_ending=".csv",
    keys={"command_palette": "f2,ctrl+p", "focus_next": "N,tab"},
)
"""A screen of `bptui serve` in a browser: pictures, checkpoints, exports and lessons are downloaded, and a
CSV file is uploaded."""


def most_sessions() -> int:
    """The most sessions that this machine serves, by its processors and its memory."""
    from bpengine.many.jobs import processors

    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(SESSIONS_PER_PROCESSOR * processors(), memory // SESSION_MEMORY + 1)


def count_sessions() -> int:
    """Count the restricted sessions on this machine, of all users, as far as `/proc` shows them."""
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # the process has just ended
            count += b"\0--restricted\0" in path.read_bytes()
    return count
