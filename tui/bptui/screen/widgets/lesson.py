"""The panel of a lesson: rows above the other panels or, where there is room, a column beside them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bptui.lessons.lesson_snapshot import LessonSnapshot
from bpwords import word
from bpwords.wrapping import sentences, wrapped

_MAX_TYPED, _ENDLESS = 40, 10_000
_GAPS = (3, 2, 1)
"""The columns between the keys of a row: as many of them as there is room for."""


class LessonPanel(Widget):
    """Shows a step of a lesson: its text page by page, its question, its state, and its keys."""

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

    lesson: reactive[LessonSnapshot | None] = reactive(None)
    """What is shown."""
    typed: reactive[str | None] = reactive(None)
    """The number that is typed; None while keys are commands."""

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self._focused_before: Widget | None = None

    @property
    def is_column(self) -> bool:
        """Whether the panel is a column; otherwise it is a few rows."""
        return self.has_class("-column")

    def put(self, *, is_column: bool, breadth: int) -> None:
        """Be a column of this breadth to the right of the other panels, or so many rows above them.

        A column without a breadth is one of the panels.
        """
        self.set_class(is_column, "-column")
        self.styles.dock = "none" if not breadth else "right" if is_column else "top"
        self.styles.width = breadth if is_column and breadth else "100%"
        self.styles.height = "100%" if is_column else breadth

    def takes(self, key: str) -> bool:
        """Whether a key answers the question of the step, or opens the next lesson."""
        return self.lesson is not None and key in self.lesson.takes

    async def take(self, key: str) -> None:
        """Answer the question by the number of a choice, begin to type a number, or open the next lesson."""
        if self.lesson is not None and self.lesson.prompt:
            self.begin({"minus": "-", "full_stop": ".", "enter": ""}.get(key, key))
        else:
            await self.run_action(f"app.answer({key!r})")

    def begin(self, text: str = "") -> None:
        """Begin to type a number: the next keys are text."""
        self._focused_before, self.can_focus, self.typed = self.screen.focused, True, text
        self.focus()

    def _end(self) -> None:
        self.typed, self.can_focus = None, False
        if self.has_focus and self._focused_before is not None:
            self._focused_before.focus()

    def watch_lesson(self, lesson: LessonSnapshot | None) -> None:
        """Stop typing if no number is asked for any more."""
        self.border_title = Content("" if lesson is None else lesson.title)
        if lesson is None or not lesson.prompt:
            self._end()

    def on_blur(self) -> None:
        """Stop typing."""
        self._end()

    async def on_key(self, event: events.Key) -> None:
        """Take typed text, and the keys that end it."""
        if self.typed is None:
            return
        if event.is_printable:
            self.typed = f"{self.typed}{event.character}"[:_MAX_TYPED]
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
        elif event.key == "enter":
            await self.run_action(f"app.answer({self.typed!r})")
        elif event.key == "escape":
            self._end()
        else:
            return
        event.stop()
        event.prevent_default()

    @property
    def pages(self) -> int:
        """How many pages the texts of the step have in this size."""
        return len(self._pages(self.lesson)) if self.lesson is not None else 1

    def rows_for(self, lesson: LessonSnapshot, width: int) -> int:
        """How many rows above the other panels the step takes."""
        text = paged(lesson.parts, width - 2, _ENDLESS)[0]
        return 1 + len(text) + len(self._below(lesson, width - 2))

    def _pages(self, lesson: LessonSnapshot) -> list[list[str]]:
        """The rows of each page."""
        width, height = self.content_size
        width -= 0 if self.is_column else 2
        below = len(self._below(lesson, width))
        others = 3 + (below > 0) + len(_key_rows(lesson)) if self.is_column else 1
        return paged(lesson.parts, max(width, 1), max(height - others - below, 1))

    def _below(self, lesson: LessonSnapshot, width: int) -> list[str]:
        """The rows below the text: choices, side by side where they fit, or the number that is typed."""
        side_by_side = "   ".join(lesson.listed)
        if lesson.prompt:
            return [f"{lesson.prompt} {self.typed or ''}{'' if self.typed is None else '▏'}"]
        if not self.is_column and lesson.listed and cell_len(side_by_side) <= width:
            return [side_by_side]
        lines = []
        for item in lesson.listed:
            first, *others = wrapped(item, max(width - 2, 1))
            lines += [first, *(f"  {row}" for row in others)]
        return lines

    def render(self) -> Text:
        """The page in its place between the state and the keys."""
        lesson = self.lesson
        if lesson is None or not self.content_size.width:
            return Text()
        pages = self._pages(lesson)
        page = min(lesson.page, len(pages) - 1)
        more = f"{page + 1}/{len(pages)}" if len(pages) > 1 else ""
        if self.typed is not None:  # c and C are text now
            typing = ("enter", word("answer", "lesson")), ("esc", word("stop", "lesson"))
            lesson = replace(lesson, keys=typing)
        elif page + 1 < len(pages):
            others = (key for key in lesson.keys if key[0] != lesson.next_page[0])
            lesson = replace(lesson, keys=(lesson.next_page, *others))
        draw = self._column if self.is_column else self._few_rows
        return draw(lesson, pages[page], more)

    def _few_rows(self, lesson: LessonSnapshot, rows: list[str], more: str) -> Text:
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
        below = [Text(f" {row}", "bold") for row in self._below(lesson, width - 2)]
        return Text("\n").join([first, *(Text(f" {row}") for row in rows), *below])

    def _column(self, lesson: LessonSnapshot, rows: list[str], more: str) -> Text:
        """The text, and below it the state and the keys."""
        muted, head, key, good = (
            self.get_component_rich_style(f"lesson--{name}", partial=True)
            for name in ("muted", "head", "key", "good")
        )
        width, height = self.content_size
        sign = f" ◆ {lesson.panel}" if lesson.panel else ""
        kind = Text(set_cell_size(f" {lesson.place} {lesson.kind}{sign}", width), head)
        texts = [Text(), *map(Text, rows)]
        if below := self._below(lesson, width):
            texts += [Text(), *(Text(row, "bold") for row in below)]
        state = Text(
            "  ".join(part for part in (lesson.state, more) if part), good if lesson.is_good else muted
        )
        keys = [
            Text("").join(
                Text.assemble((f"{shown:<6}", key), set_cell_size(label, width // 2 - 6))
                for shown, label in row
            )
            for row in _key_rows(lesson)
        ]
        gap = [Text()] if height > 2 + len(texts) + len(keys) else []
        return Text("\n").join([kind, *texts, *gap, state, *keys])


def _key_rows(lesson: LessonSnapshot) -> list[tuple[tuple[str, str], ...]]:
    """The keys, two in a row."""
    return [lesson.keys[start : start + 2] for start in range(0, len(lesson.keys), 2)]


def paged(parts: tuple[str, ...], width: int, rows: int) -> list[list[str]]:
    """The rows of each page: one if all fits, otherwise the last part in pages that end with sentences."""
    together: list[str] = []
    for part in parts:
        together += [*([""] if together else []), *wrapped(part, width)]
    if len(together) <= rows:
        return [together]
    return _pages_of(parts[-1], width, rows)


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
