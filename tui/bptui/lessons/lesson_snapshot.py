"""`LessonSnapshot`: what the panel of a lesson shows."""

from __future__ import annotations

from dataclasses import dataclass

from bptui.commands import key_of
from bptui.lessons.attempt import LessonWalk
from bptui.lessons.goals import Facts
from bptui.lessons.solutions import Act
from bpwords import Sentence, word

_SHOWING = Sentence("{command}   (keys: {keys})", context="lesson")


@dataclass(frozen=True, slots=True)
class LessonSnapshot:
    """A step of a lesson as it is shown."""

    title: str
    kind: str
    """What the learner does in this step, in a word."""
    place: str
    """The step and the number of steps."""
    parts: tuple[str, ...]
    """The texts of the step, each of which begins a page unless all fit one."""
    page: int
    """The page to show, counted from 0; the last one if there are not so many."""
    state: str
    """Whether the goal is reached or the answer is right, with a sign; empty where there is neither."""
    is_good: bool
    """Whether that is so."""
    keys: tuple[tuple[str, str], ...]
    """The keys of the lesson, and what they do now."""
    next_page: tuple[str, str]
    """The key to the next page while there are more pages, and what it does."""
    panel: str = ""
    """The panel that is highlighted; empty for none."""
    listed: tuple[str, ...] = ()
    """Rows below the text: the choices of a question or, at the end, what was learned."""
    prompt: str = ""
    """What asks for a number; empty if none is asked for."""
    takes: tuple[str, ...] = ()
    """The keys that answer the question, or open the next lesson. Numbers open no tab beside a lesson."""


def lesson_snapshot(walk: LessonWalk, facts: Facts, act: Act | None = None) -> LessonSnapshot:
    """The current step with the numbers of the run.

    Args:
        walk: where the learner is.
        facts: the numbers of the run.
        act: the command that is shown to the learner now; None for none.
    """
    state, is_good = walk.state()
    listed = [f"{number} {choice}" for number, choice in enumerate(walk.choices, 1) if walk.asks]
    return LessonSnapshot(
        walk.title,
        walk.kind,
        walk.place,
        walk.parts(facts) if act is None else (_SHOWING(command=act.command, keys=act.keys),),
        walk.page,
        state,
        is_good,
        tuple(_keys(walk, is_showing=act is not None)),
        (key_of("lesson_on"), word("on", "lesson")) if act is None else _stop(),
        word(walk.panel, "panel"),
        tuple(listed) or tuple(f"• {line}" for line in walk.learned),
        word("Type a number, and press enter:", "lesson") if walk.asks and not walk.choices else "",
        _takes(walk),
    )


def _takes(walk: LessonWalk) -> tuple[str, ...]:
    if walk.asks and not walk.choices:
        return (*"0123456789", "minus", "full_stop", "enter")
    return (*"0123456789", *(("enter",) if walk.is_over and walk.following[0] else ()))


def _stop() -> tuple[str, str]:
    return key_of("to_settings"), word("stop", "lesson")


def _keys(walk: LessonWalk, *, is_showing: bool) -> list[tuple[str, str]]:
    if is_showing:
        return [_stop()]
    keys = [(key_of("lesson_on"), word(walk.forward, "lesson"))]
    if walk.asks and walk.choices:
        keys = [(f"1-{len(walk.choices)}", word("answer", "lesson"))]
    if walk.is_over and walk.following[0]:
        keys.insert(0, ("enter", word("next lesson", "lesson")))
    if walk.number or walk.page:
        keys.append((key_of("lesson_back"), word("back", "lesson")))
    if walk.solution:
        keys.append((key_of("lesson_hint"), word("task" if walk.shows_hint else "hint", "lesson")))
        keys.append((key_of("lesson_show"), word("show me", "lesson")))
    keys.append((key_of("to_settings"), word("back" if walk.is_skipping else "leave", "lesson")))
    return keys
