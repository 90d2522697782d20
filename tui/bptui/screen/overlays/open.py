"""The dialogs that ask for a file to open, and for what is to be learned from its rows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.cells import set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import DirectoryTree, Static
from textual.widgets.option_list import Option

from bpengine.choices import MISSING
from bpengine.data.csv import Outline
from bpengine.data.dates import ASKED_ORDERS
from bpengine.data.pictures import picture_of
from bpengine.data.sampling import HELD_OUT, held_out_share
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogInput, DialogMessage, DialogOptions
from bptui.screen.widgets.footer import CANCEL, KeyHint, choose, hint_of
from bptui.session.saving.user_files import table_flags
from bpwords import Sentence, columns, joined, printable, translatable, word

SUFFIXES = frozenset((".csv", ".tsv", ".txt", ".dat", ".data", ".bptui", ".toml", ".json"))
"""The endings of the names of files that are listed."""
ROW_WIDTH = 70
"""The most characters of a column's name, and of its row, which is not wrapped."""
INPUT, TARGET, LEFT_OUT = ROLES = translatable(("input", "target", "left out"))
_CELLS, _HEADER = "empty cells", "names in the first row"
_HELD_OUT, _DATES = translatable("test rows"), translatable("dates such as 1/2/24")
_ORDERS = dict(
    zip(("", *ASKED_ORDERS), translatable(("as it is found", "day first", "month first")), strict=True)
)
_REMEDIES = translatable(("refuse the file", "leave out their rows", "fill in the mean"))
_GAPS = dict(zip(MISSING, _REMEDIES, strict=True))


TEST_SHARES = (0.0, 0.1, HELD_OUT, 0.5)
_FIXED_ROWS = 6
"""The rows of the form above those of the columns."""

OpenFile = Callable[..., Outline | str]
"""Opens a file, given its name followed by flags, and perhaps the task for which its rows are opened, and how
messages about them write an option.

Returns an empty text on success, the outline of a table if no target is named, or why it can't be opened.
"""


class FileTree(DirectoryTree, can_focus=False):
    """The folders, and the files that can be opened, whose names contain a text."""

    ICON_NODE, ICON_FILE = "▸ ", "  "
    wanted = ""
    _listed: tuple[Path, str] | None = None

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """The paths that are listed."""
        for path in paths:
            name = path.name.casefold()
            is_known = path.suffix.casefold() in SUFFIXES or self._is_folder(path)
            if self.wanted in name and is_known and not name.startswith("."):
                yield path

    @staticmethod
    def _is_folder(path: Path) -> bool:
        try:
            return path.is_dir()
        except OSError:  # in a folder that can't be read
            return False

    @property
    def highlighted(self) -> Path | None:
        """The highlighted path; None if there is none."""
        node = self.cursor_node
        return None if node is None or node.data is None else node.data.path

    @property
    def is_listed(self) -> bool:
        """Whether what is wanted now is listed."""
        return self._listed == (self.path, self.wanted)

    async def watch_path(self) -> None:
        """List the folder, with its first entry highlighted, unless that was done after an earlier letter."""
        wanted = Path(self.path), self.wanted
        if wanted != self._listed:
            self._listed = None  # until all is listed
            await super().watch_path()
            self.cursor_line, self._listed = 0, wanted


class OpenScreen(Dialog[None]):
    """Asks for a file until one can be opened.

    Args:
        open_file: opens a file.
    """

    BINDINGS = [
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("down", "move(1)", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = "FileTree { height: 12; background: $surface; scrollbar-size-vertical: 1; }"

    def __init__(self, open_file: OpenFile) -> None:
        super().__init__()
        self._open_file = open_file
        self._input, self._message = DialogInput(placeholder=word("type to filter")), DialogMessage()
        self._tree = FileTree(".")
        self._tree.show_root, self._tree.auto_expand = False, False

    def compose(self) -> ComposeResult:
        """Yield the input for the name, the list of files, and a line for messages."""
        about = word("A checkpoint (.bptui), settings (.toml), or rows to learn from (.csv). ../ goes up.")
        keys = choose(), KeyHint("enter", "open"), CANCEL
        parts = Static(about, markup=False), self._input, self._tree, self._message
        yield DialogFrame(*parts, title="open a file", keys=keys, id="open")

    def on_input_changed(self) -> None:
        """List what the typed text may mean."""
        folder, slash, name = self._input.value.rpartition("/")
        self._tree.wanted = name.casefold()
        with contextlib.suppress(RuntimeError):  # the home of an unknown user
            self._tree.path = Path(f"{folder}{slash}" or ".").expanduser()
        self._message.say("")

    def action_move(self, direction: int) -> None:
        """Highlight the next (1) or previous (-1) entry."""
        self._tree.cursor_line += direction

    def on_input_submitted(self) -> None:
        """Open what is typed or, unless that is the name of a file, what is highlighted."""
        if not self._tree.is_listed:
            self.set_timer(0.05, self.on_input_submitted)
            return
        path, name = self._tree.highlighted, self._input.value.rpartition("/")[2]
        if path is None or name in [str(child.label) for child in self._tree.root.children]:
            self._open(self._input.value)
        else:
            self._choose(path)

    @on(DirectoryTree.FileSelected)
    @on(DirectoryTree.DirectorySelected)
    def _take(self, event: DirectoryTree.FileSelected | DirectoryTree.DirectorySelected) -> None:
        """Open the file, or list the folder, that was clicked."""
        self._choose(event.path)

    def _choose(self, path: Path) -> None:
        folder, slash, _ = self._input.value.rpartition("/")
        self._input.value = f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}"
        self._input.action_end()
        if not path.is_dir():
            self._open(self._input.value)

    def _open(self, name: str) -> None:
        """Open a file, ask what to learn from it, or say why it can't be opened."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        answer = self._open_file(name)
        if isinstance(answer, Outline):
            self.app.push_screen(TableScreen(name, answer, self._open_file), self._end)
        elif answer:
            self._message.say(answer, error=True)
        else:
            self.dismiss()

    def _end(self, is_open: bool | None) -> None:
        if is_open:
            self.dismiss()


class TableScreen(Dialog[bool]):
    """Asks what is to be learned from the rows of a file; returns whether they were opened.

    Args:
        name: the file.
        outline: its columns.
        open_file: opens the file.
    """

    ACTIONS = {"less": "change(-1)", "more": "change(1)"}
    DEFAULT_CSS = "TableScreen { DialogFrame { width: 78; } DialogOptions { max-height: 14; } }"

    def __init__(self, name: str, outline: Outline, open_file: OpenFile) -> None:
        super().__init__()
        self._file, self._open_file = name, open_file
        self._about, self._options, self._message = (
            Static(markup=False),
            DialogOptions(markup=False),
            DialogMessage(),
        )
        self._dates = ""
        self._begin(outline)

    def _begin(self, outline: Outline) -> None:
        """Propose what suits the columns."""
        self._outline = outline
        target, reason = outline.likely_target()
        sign = Sentence('"{sign}" separates the cells.')(sign=outline.delimiter.replace("\t", "tab"))
        self._about.update(joined(reason, sign, word("Columns that can't be learned from are left out.")))
        names = [column.name for column in outline.columns]
        is_picture = (
            picture_of((*names[:target], *names[target + 1 :])) is not None
        )  # its margin may be empty
        self._roles = [LEFT_OUT if column.problem and not is_picture else INPUT for column in outline.columns]
        self._picture = ""
        self._roles[target] = TARGET
        self._to_classes = outline.columns[target].is_label
        self._missing = outline.likely_missing()
        self._test_share = held_out_share(outline.rows)

    def compose(self) -> ComposeResult:
        """Yield why a column is proposed, the rows, and a line for messages."""
        keys = choose(), hint_of(("less", "more"), "change"), KeyHint("enter", "open"), KeyHint("esc", "back")
        learn = Sentence("learn from {name}")
        yield DialogFrame(
            self._about, self._options, self._message, title=learn(name=printable(self._file)), keys=keys
        )

    def on_mount(self) -> None:
        """Show the rows."""
        self._fill(0)

    def _fill(self, highlighted: int) -> None:
        target = self._outline.columns[self._roles.index(TARGET)].name
        rows = [
            (word("learn", "table"), word("classes" if self._to_classes else "a number"), target),
            (word(_CELLS), word(_GAPS[self._missing]), ""),
            (word(_HEADER), word("yes" if self._outline.has_header else "no"), ""),
            (word(_HELD_OUT), *self._held_out()),
            (word("a picture"), self._picture or word("no"), word("rows x columns of pixels")),
            (word(_DATES), word(_ORDERS[self._dates]), ""),
            *(
                (column.name, word(role), column.problem or column.values)
                for column, role in zip(self._outline.columns, self._roles, strict=True)
            ),
        ]
        names = [set_cell_size(printable(name, 22), 22) for name, _, _ in rows]
        texts = (
            f"{name}  {value}{' ' * (8 - columns(value))}  {about}"
            for name, (_, value, about) in zip(names, rows, strict=True)
        )
        self._options.set_options(Option(Content(printable(text, ROW_WIDTH))) for text in texts)
        self._options.highlighted = highlighted

    def _held_out(self) -> tuple[str, str]:
        """The share of the rows that is held out, and what that means."""
        if not self._test_share:
            return word("none", "test rows"), word("all rows train")
        return f"{100 * self._test_share:g} %", word("held out of training, as a test")

    def action_change(self, direction: int) -> None:
        """Change the value of the highlighted row."""
        row = self._options.highlighted or 0
        if row == 0:
            self._to_classes = not self._to_classes
        elif row == 1:
            self._missing = MISSING[(MISSING.index(self._missing) + direction) % len(MISSING)]
        elif row == 2:
            self._look_again(header=not self._outline.has_header)
        elif row == 3:
            place = TEST_SHARES.index(self._test_share) + direction
            self._test_share = TEST_SHARES[place % len(TEST_SHARES)]
        elif row == 4:
            self._change_picture(direction)
        elif row == 5:
            orders = tuple(_ORDERS)
            self._dates = orders[(orders.index(self._dates) + direction) % len(orders)]
            self._look_again(header=self._outline.has_header)
        elif self._roles[row - _FIXED_ROWS] != TARGET:  # another column becomes the target in its place
            role = ROLES[(ROLES.index(self._roles[row - _FIXED_ROWS]) + direction) % len(ROLES)]
            if role == TARGET:
                self._roles[self._roles.index(TARGET)] = INPUT
                self._to_classes = self._outline.columns[row - _FIXED_ROWS].is_label
            self._roles[row - _FIXED_ROWS] = role
        self._fill(row)

    def _look_again(self, *, header: bool) -> None:
        """Look at the columns again, with or without a header, and with the chosen order of dates."""
        dates = f" --dates={self._dates}" if self._dates else ""
        answer = self._open_file(f"{self._file} --header={'yes' if header else 'no'}{dates}")
        if isinstance(answer, Outline):
            self._begin(answer)

    def _change_picture(self, direction: int) -> None:
        """Take the next size of pictures, the squarest first; all columns are inputs then."""
        if not self._picture:
            self._roles = [role if role == TARGET else INPUT for role in self._roles]
        n = self._roles.count(INPUT)
        sizes = [f"{rows}x{n // rows}" for rows in range(2, n // 2 + 1) if n % rows == 0]
        sizes.sort(key=lambda size: abs(int(size.partition("x")[0]) - n**0.5))
        known = ["", *sizes]
        at = known.index(self._picture) if self._picture in known else 0
        self._picture = known[(at + direction) % len(known)]

    def on_option_list_option_selected(self) -> None:
        """Open the file as it is described, or say why that is not possible."""
        left_out = [number for number, role in enumerate(self._roles) if role == LEFT_OUT]
        line = table_flags(self._outline, self._roles.index(TARGET), left_out, self._missing)
        line += f" --test-share={self._test_share}"
        line += f" --picture={self._picture}" if self._picture else ""
        line += f" --dates={self._dates}" if self._dates else ""
        task = "classification" if self._to_classes else "regression"
        problem = self._open_file(f"{self._file} {line}", task, _as_row)
        if problem:
            self._message.say(str(problem), error=True)
        else:
            self.dismiss(True)


def _as_row(name: str, value: Any) -> str:
    """What a message calls an option with a value: the row of the form with what it is to say, or a role."""
    if name == "missing":
        return f'"{word(_CELLS)}{word(": ", "list")}{word(_GAPS[value])}"'
    if name == "header":
        return f'"{word(_HEADER)}{word(": ", "list")}{word("yes" if value else "no")}"'
    if name == "dates":
        return f'"{word(_DATES)}{word(": ", "list")}{word(_ORDERS[value])}"'
    if name == "picture":
        return f'"{word("a picture")}{word(": ", "list")}{value}"'
    return f'"{word({"features": INPUT, "target": TARGET, "ignore": LEFT_OUT}[name])}"'
