"""A walk through a lesson: where the learner is, the answers, and the goals that were reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bpengine.wording import number
from bptui.lessons.goals import Facts, goal
from bptui.lessons.lesson import Do, Explain, Lesson, Look, Predict, Step, Texts
from bptui.lessons.texts import filled
from bptui.lessons.words import word

_goal = lru_cache(goal)

_LAST_PAGE = 1_000_000
"""A page behind all others, which stands for the last one."""
_KINDS: Mapping[type[Step], str] = {Look: "look", Predict: "predict", Do: "do", Explain: "explain"}


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a lesson in one language. Each method returns the walk after what it is named for."""

    lesson: Lesson
    language: str
    number: int = 0
    """The step, counted from 0."""
    page: int = 0
    """The page of the step, counted from 0."""
    answers: Mapping[int, float] = field(default_factory=dict)
    """The answer to each question, by its step."""
    reached: frozenset[int] = frozenset()
    """The steps whose goals were reached."""
    shows_hint: bool = False

    @property
    def step(self) -> Step:
        """The current step."""
        return self.lesson.steps[self.number]

    @property
    def asks(self) -> bool:
        """Whether the step is a question without an answer yet."""
        return isinstance(self.step, Predict) and self.number not in self.answers

    @property
    def wants(self) -> bool:
        """Whether the step has a goal that was not reached yet."""
        return isinstance(self.step, Do) and self.number not in self.reached

    @property
    def is_last(self) -> bool:
        """Whether this is the last step."""
        return self.number == len(self.lesson.steps) - 1

    @property
    def is_done(self) -> bool:
        """Whether each question is answered, and each goal is reached."""
        return all(
            number in (self.answers if isinstance(step, Predict) else self.reached)
            for number, step in enumerate(self.lesson.steps)
            if isinstance(step, (Predict, Do))
        )

    def on(self, pages: int) -> Walk:
        """Go to the next page of the step, or to the next step; the same walk at the end.

        Args:
            pages: how many pages the step has.
        """
        page = min(self.page, pages - 1)
        if page + 1 < pages:
            return replace(self, page=page + 1)
        return self if self.is_last else self.at(self.number + 1)

    def back(self, pages: int) -> Walk:
        """Go to the page before, or to the last one of the step before; the same walk at the beginning."""
        page = min(self.page, pages - 1)
        if page > 0:
            return replace(self, page=page - 1)
        return replace(self.at(self.number - 1), page=_LAST_PAGE) if self.number else self

    def at(self, number: int) -> Walk:
        """Go to the beginning of a step."""
        return replace(self, number=number, page=0, shows_hint=False)

    def answered(self, given: float) -> Walk:
        """Answer the question, and see on the last pages whether that was right."""
        return replace(self, answers={**self.answers, self.number: given}, page=_LAST_PAGE)

    def hinting(self) -> Walk:
        """Show the hint of the task, or the task again."""
        return replace(self, shows_hint=isinstance(self.step, Do) and not self.shows_hint, page=0)

    def reaching(self) -> Walk:
        """Note that the goal of the step is reached."""
        return replace(self, reached=self.reached | {self.number})

    def is_reached(self, facts: Facts) -> bool:
        """Whether the run reaches the goal of the step."""
        return isinstance(self.step, Do) and _goal(self.step.goal)(facts)

    def say(self, name: str, **values: object) -> str:
        """The program's own words in the language of the lesson; see `bptui.lessons.words`."""
        return word(self.language, name).format(**values)

    @property
    def title(self) -> str:
        """The title of the lesson."""
        return self.lesson.title[self.language]

    @property
    def kind(self) -> str:
        """What the learner does in this step, in a word."""
        return self.say(_KINDS[type(self.step)])

    @property
    def place(self) -> str:
        """The step and the number of steps."""
        return f"{self.number + 1}/{len(self.lesson.steps)}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices of the question; empty if it asks for a number, or if the step is no question."""
        step = self.step
        return step.choices.get(self.language, ()) if isinstance(step, Predict) else ()

    def parts(self, facts: Facts) -> tuple[str, ...]:
        """The texts of the step, with the numbers of the run: the question and then the verdict, or a hint."""
        step = self.step
        text = self._filled(step.text, facts)
        if isinstance(step, Do) and self.shows_hint:
            return (self.say("hint is", text=self._filled(step.hint, facts)),)
        if isinstance(step, Predict) and self.number in self.answers:
            return text, f"{self._verdict(step)} {self._filled(step.after, facts)}".rstrip()
        return (text,)

    def _filled(self, texts: Texts, facts: Facts) -> str:
        measured = {each.id: each for each in self.lesson.measured}
        return filled(texts.get(self.language, ""), facts, measured)

    def _verdict(self, step: Predict) -> str:
        given = self.answers[self.number]
        name = "said right" if step.is_right(given) else "said wrong"
        return self.say(name, given=number(given), answer=number(step.answer))

    def state(self) -> tuple[str, bool]:
        """Whether the goal is reached or the answer is right, with a sign, and whether that is so."""
        step = self.step
        if isinstance(step, Predict):
            if self.asks:
                return f"? {self.say('asked')}", False
            is_right = step.is_right(self.answers[self.number])
            return (f"✓ {self.say('right')}", True) if is_right else (f"✗ {self.say('wrong')}", False)
        if isinstance(step, Do):
            return (f"○ {self.say('open')}", False) if self.wants else (f"✓ {self.say('reached')}", True)
        return "", False
