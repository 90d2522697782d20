"""The panel of a lesson: three rows above the other panels or, where there is room, a column beside them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bptui.lessons.texts import sentences, wrapped
from bptui.lessons.view import LessonView

_GAPS = (3, 2, 1)
"""The columns between the keys of a row: as many of them as there is room for."""


class LessonPanel(Widget):
    """Shows a step of a lesson: its text page by page, its state, and the keys of the lesson."""

    COMPONENT_CLASSES = {"lesson--head", "lesson--key", "lesson--good", "lesson--muted"}

    DEFAULT_CSS = """
    LessonPanel {
        background: $surface;
        &.-column { border: round $accent; padding: 0 1; }
        .lesson--head { color: $text-on-primary; background: $primary; text-style: bold; }
        .lesson--key { color: $footer-key-foreground; text-style: bold; }
        .lesson--good { color: $text-success; text-style: bold; }
        .lesson--muted { color: $text-muted; }
    }
    """

    lesson: reactive[LessonView | None] = reactive(None)
    """What is shown."""

    @property
    def is_column(self) -> bool:
        """Whether the panel is a column; otherwise it is a few rows."""
        return self.has_class("-column")

    def put(self, *, is_column: bool, breadth: int) -> None:
        """Be a column of this breadth to the right of the other panels, or so many rows above them."""
        self.set_class(is_column, "-column")
        self.styles.dock = "right" if is_column else "top"
        self.styles.width = breadth if is_column else "100%"
        self.styles.height = "100%" if is_column else breadth

    @property
    def pages(self) -> int:
        """How many pages the texts of the step have in this size."""
        return len(self._pages(self.lesson)) if self.lesson is not None else 1

    def _pages(self, lesson: LessonView) -> list[list[str]]:
        """The rows of each page."""
        width, height = self.content_size
        rows = (
            height - len(self._column_head(lesson)) - len(lesson.keys) - 3 if self.is_column else height - 1
        )
        return paged(lesson.parts, max(width - (0 if self.is_column else 2), 1), max(rows, 1))

    def render(self) -> Text:
        """The page in its place between the state and the keys."""
        lesson = self.lesson
        if lesson is None or not self.content_size.width:
            return Text()
        pages = self._pages(lesson)
        page = min(lesson.page, len(pages) - 1)
        more = f"{page + 1}/{len(pages)}" if len(pages) > 1 else ""
        if page + 1 < len(pages):
            first, *others = lesson.keys
            lesson = replace(lesson, keys=((first[0], lesson.next_page), *others))
        draw = self._column if self.is_column else self._few_rows
        return draw(lesson, pages[page], more)

    def _few_rows(self, lesson: LessonView, rows: list[str], more: str) -> Text:
        """A row with the state and the keys, and below it the text."""
        width = self.content_size.width
        head = self.get_component_rich_style("lesson--head", partial=True)
        sign = "◆ " if lesson.panel else ""
        for said, gap in product((lesson.state, lesson.state[:1]), _GAPS):  # its sign alone if need be
            keys = (" " * gap).join(f"{shown} {label}" for shown, label in lesson.keys)
            room = max(width - cell_len(keys) - 3, 0)
            parts = (f"{lesson.place} {lesson.kind}", f"{sign}{lesson.panel}", said, more)
            state = "  ".join(part for part in parts if part.strip())
            if cell_len(state) < room:
                break
        first = Text.assemble((set_cell_size(f" {state}", room), ""), "  ", keys, " ")
        first.stylize(head)
        return Text("\n").join([first, *(Text(f" {row}") for row in rows)])

    def _column_head(self, lesson: LessonView) -> list[str]:
        return wrapped(lesson.title, max(self.content_size.width, 1))

    def _column(self, lesson: LessonView, rows: list[str], more: str) -> Text:
        """The title, the state, the text and, at the bottom, the keys, one below the other."""
        muted, head, key, good = (
            self.get_component_rich_style(f"lesson--{name}", partial=True)
            for name in ("muted", "head", "key", "good")
        )
        width, height = self.content_size
        sign = f" ◆ {lesson.panel}" if lesson.panel else ""
        kind = Text(set_cell_size(f" {lesson.place} {lesson.kind}{sign}", width), head)
        below_text = "  ".join(part for part in (lesson.state, more) if part)
        above = [*(Text(row, "bold") for row in self._column_head(lesson)), kind]
        below = [Text(below_text, good if lesson.is_good else muted)]
        below += [Text.assemble((f"{shown:<4}", key), label) for shown, label in lesson.keys]
        texts = [Text(row) for row in rows]
        blanks = [Text()] * max(height - len(above) - len(texts) - len(below) - 1, 0)
        return Text("\n").join([*above, Text(), *texts, *blanks, *below])


def paged(parts: tuple[str, ...], width: int, rows: int) -> list[list[str]]:
    """The rows of each page: one page if everything fits, otherwise pages that end with sentences."""
    together: list[str] = []
    for part in parts:
        together += [*([""] if together else []), *wrapped(part, width)]
    if len(together) <= rows:
        return [together]
    return [page for part in parts for page in _pages_of(part, width, rows)]


def _pages_of(part: str, width: int, rows: int) -> list[list[str]]:
    """The pages of a text; a sentence that does not fit one is cut at the end of a row."""
    found: list[str] = []
    for sentence in sentences(part):
        if found and len(wrapped(found[-1] + sentence, width)) <= rows:
            found[-1] += sentence
        else:
            found.append(sentence)
    pages = []
    for page in found or [""]:
        lines = wrapped(page, width)
        pages += [lines[start : start + rows] for start in range(0, len(lines), rows)]
    return pages
