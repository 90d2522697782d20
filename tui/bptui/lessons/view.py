"""`LessonView`: what the panel of a lesson shows."""

from __future__ import annotations

from dataclasses import dataclass

from bptui.commands import key_of
from bptui.lessons.goals import Facts
from bptui.lessons.solutions import Act
from bptui.lessons.walk import LessonWalk


@dataclass(frozen=True, slots=True)
class LessonView:
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
    next_page: str
    """What the first key does instead while there are more pages."""
    panel: str = ""
    """The panel that is highlighted; empty for none."""


def view_of(walk: LessonWalk, facts: Facts, act: Act | None = None) -> LessonView:
    """The current step with the numbers of the run.

    Args:
        walk: where the learner is.
        facts: the numbers of the run.
        act: the command that is shown to the learner now; None for none.
    """
    state, is_good = walk.state()
    return LessonView(
        walk.title,
        walk.kind,
        walk.place,
        walk.parts(facts) if act is None else (walk.say("showing", command=act.command, keys=act.keys),),
        walk.page,
        state,
        is_good,
        tuple(_keys(walk, is_showing=act is not None)),
        walk.say("on" if act is None else "stop"),
        walk.panel,
    )


def _keys(walk: LessonWalk, *, is_showing: bool) -> list[tuple[str, str]]:
    if is_showing:
        return [(key_of("to_settings"), walk.say("stop"))]
    keys = [(key_of("lesson_on"), walk.say(walk.forward))]
    if walk.number or walk.page:
        keys.append((key_of("lesson_back"), walk.say("back")))
    if walk.solution:
        keys.append((key_of("lesson_hint"), walk.say("text" if walk.shows_hint else "hint")))
        keys.append((key_of("lesson_show"), walk.say("show")))
    keys.append((key_of("to_settings"), walk.say("leave")))
    return keys
