"""The commands that lead through a lesson, each step of which is said in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bptui.commands.grammar import RefusedError, refused
from bptui.commands.naming import in_dialogue
from bptui.dialogue.completing import beginning
from bptui.dialogue.dialogue import Dialogue
from bptui.session import commands
from bpwords import Sentence, headed, joined, spaced, word

if TYPE_CHECKING:  # imported when a lesson is opened
    from bptui.lessons.attempt import LessonWalk
    from bptui.lessons.goals import Facts

_STEP = Sentence("Step {number} of {count}, {kind}: {text}", context="lesson")
_NEXT = Sentence("{press lesson_on} to end the lesson, or {command} for the next one.", context="lesson")
_WAYS = {
    "answer": Sentence("{press reply} and the number of a choice.", context="lesson"),
    "number": Sentence("{press reply} and a number.", context="lesson"),
    "skip": Sentence(
        "Do it, or say {lesson_hint}, {lesson_show}, or {lesson_on} to skip it.", context="lesson"
    ),
    "on": Sentence("{press lesson_on}.", context="lesson"),
    "end": Sentence("{press lesson_on} to end the lesson.", context="lesson"),
}
_LISTED = Sentence("{press lessons} and its ID to open one.[ {lessons:off} leaves the open one.]")


def lesson(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Open a lesson, go back by a step, leave the lesson, or list all of them."""
    user_lessons = dialogue.user_lessons
    if not text:
        for walk in user_lessons.walks():
            title, summary = Sentence("{title} ({key})"), walk.summary.replace("   ", word(", ", "list"))
            yield headed(walk.lesson.id, title(title=walk.title, key=summary))
        yield from user_lessons.problems
        yield (_LISTED if user_lessons.open else _LISTED.without("lessons:off"))()
    elif text.casefold() == "back":
        user_lessons.go(_walk(dialogue).back(_facts(dialogue)), dialogue.session)
        yield from step(dialogue)
    elif text.casefold() == "off":
        left = user_lessons.open.pop(dialogue.opened, None)
        if left is None:
            raise refused("no lesson is open")
        ended = Sentence("Left the lesson {id} at {place}. The run stays as it is.")
        yield ended(id=left.lesson.id, place=left.place)
    else:
        yield from _open(dialogue, user_lessons.named(text))


def _open(dialogue: Dialogue, walk: LessonWalk) -> Iterator[str]:
    user_lessons, dialogue.opened = dialogue.user_lessons, walk.task
    walk = walk.reopened
    user_lessons.begin(walk, dialogue.session, dialogue.session.open, walk.reached_run)
    user_lessons.go(walk, dialogue.session)
    yield walk.title + (f" ({word('finished before', 'lesson')})" if walk.is_done and not walk.number else "")
    yield from step(dialogue)


def _walk(dialogue: Dialogue) -> LessonWalk:
    walk = dialogue.user_lessons.open.get(dialogue.opened)
    if walk is None:
        raise refused("no lesson is open: {press lessons} to list them")
    return walk


def _facts(dialogue: Dialogue) -> Facts:
    from bptui.lessons.goals import facts_of

    return facts_of(dialogue.snapshot)


def step(dialogue: Dialogue) -> Iterator[str]:
    """Say the step, its state, and what can be said."""
    walk, facts = _walk(dialogue), _facts(dialogue)
    text, *verdict = walk.parts(facts)
    count = len(walk.lesson.steps)
    kind = spaced(f"{walk.kind} \0{word(walk.panel, 'panel')}").rstrip()
    whole = _STEP(number=walk.number + 1, count=count, kind=kind, text=text)
    yield text if walk.is_over or walk.is_skipping else whole
    if walk.asks:
        yield from (headed(*choice) for choice in enumerate(walk.choices, 1))
    yield from verdict
    yield from walk.learned
    yield _ways(walk)
    yield dialogue.user_lessons.note


def _ways(walk: LessonWalk) -> str:
    """What can be said at a step, and whether its goal is reached."""
    done = word("The goal is reached.", "lesson") if walk.solution and not walk.wants else ""
    if walk.is_over and walk.following[0]:
        return _NEXT(command=in_dialogue(f"lessons:{walk.following[0]}"))
    forward = "number" if walk.asks and not walk.choices else walk.forward
    return joined(done, _WAYS[forward]())


def following(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Go to the next step; at the end, leave the lesson."""
    walk = _walk(dialogue)
    user_lessons, session, after = dialogue.user_lessons, dialogue.session, walk.on(_facts(dialogue))
    if walk.asks:
        raise RefusedError(_ways(walk))
    if after is walk:
        user_lessons.open.pop(walk.task)
        yield word("The lesson is done.", "lesson")
        return
    if after.step.settings and after.number != walk.number:
        user_lessons.begin(after, session, session.open, None)
    user_lessons.go(after, session)
    yield from step(dialogue)


def answer(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Answer the question of the step: a choice by its number, or a number."""
    walk = _walk(dialogue)
    if not walk.asks:
        raise refused("there is no question here: {press lesson_on}")
    walk = walk.answered(walk.parse_answer(text))
    dialogue.user_lessons.go(walk, dialogue.session)
    walk = _walk(dialogue)  # which another session may have answered first
    yield walk.parts(_facts(dialogue))[-1]
    yield _ways(walk)


def hint(dialogue: Dialogue, _text: str) -> str:
    """Say the hint of the task."""
    return _task(dialogue).hinting().parts(_facts(dialogue))[0]


def _task(dialogue: Dialogue) -> LessonWalk:
    walk = _walk(dialogue)
    if not walk.solution:
        raise refused("this step has no task: {press lesson_on}")
    return walk


def show_me(dialogue: Dialogue, _text: str) -> str:
    """Let the dialogue execute the solution of the task, from where the task began."""
    walk = _task(dialogue)
    begun = dialogue.user_lessons.begin_showing(walk, dialogue.session)
    if begun is not None:
        dialogue.session.do(commands.return_to, begun, word("the attempt at the task", "undo"))
    dialogue.script = list(walk.solution)
    return ""


def reached(dialogue: Dialogue) -> Iterator[str]:
    """Say so if the run has reached the goal of the step."""
    walk = dialogue.user_lessons.open.get(dialogue.opened)
    if walk is not None and dialogue.user_lessons.note_goal(walk, dialogue.session):
        yield _ways(_walk(dialogue))


def ids(dialogue: Dialogue, text: str) -> Iterator[str]:
    """The IDs of the lessons that begin with the text."""
    known = (*(walk.lesson.id for walk in dialogue.user_lessons.walks()), "back", "off")
    return beginning(known, text)
