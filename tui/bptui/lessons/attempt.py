"""A walk through a lesson: where the learner is, the answers, and the goals that were reached."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bpengine import Task
from bpengine.numbers import parse_real
from bpengine.training.run import RunState
from bptui.commands.grammar import RefusedError
from bptui.lessons.goals import Facts, facts_of_run, goal
from bptui.lessons.lesson import Do, Explain, Lesson, Look, Predict, Step, Texts
from bptui.lessons.progress import Progress
from bptui.lessons.texts import filled, with_commands
from bpwords import Sentence, joined, translatable, word
from bpwords.numbers import number

_goal = lru_cache(goal)

_LAST_PAGE = 1_000_000
"""A page behind all others, which stands for the last one."""
_CHOICES = Sentence("Answer with a number from 1 to {count}.", context="lesson")
_HINT = Sentence("Hint: {text}", context="lesson")
_SCORE = Sentence("Right answers: {right} of {count}.", context="lesson")
_NO_NUMBERS = "The numbers of this step are missing: its run was not trained that far."
_KINDS: Mapping[type[Step], str] = {Look: "Look", Predict: "Predict", Do: "Do", Explain: "Explain"}


@dataclass(frozen=True, slots=True)
class LessonWalk:
    """A walk through a lesson in one language. Each method returns the walk after what it is named for."""

    lesson: Lesson
    language: str
    progress: Progress
    """The step, the answers, and the runs that reached goals."""
    page: int = 0
    """The page of the step, counted from 0."""
    shows_hint: bool = False
    is_skipping: bool = False
    """Whether the learner was asked about passing by the task of the step."""
    following: tuple[str, str] = ("", "")
    """The ID and the title of the lesson that is best taken next; empty for none."""
    left: Mapping[int, Facts] = field(default_factory=dict)
    """The numbers of the run when a step was first left, which fill in the step when it is shown again."""

    @property
    def number(self) -> int:
        """The step, counted from 0; at the end, the last one."""
        return min(self.progress.step, len(self.lesson.steps) - 1)

    @property
    def is_over(self) -> bool:
        """Whether the learner is at the end, behind the last step."""
        return self.progress.step > self.number

    @property
    def task(self) -> Task:
        """The task of the tab on which the lesson is."""
        task: Task = self.lesson.start.get("task", "regression")
        return task

    @property
    def step(self) -> Step:
        """The current step; the end asks for nothing."""
        return Explain(text={}) if self.is_over else self.lesson.steps[self.number]

    @property
    def asks(self) -> bool:
        """Whether the step is a question without an answer yet."""
        return isinstance(self.step, Predict) and self.number not in self.progress.answers

    @property
    def hides_verdicts(self) -> bool:
        """Whether a question without an answer is here, or comes before the next task.

        The program's verdicts would give the answer away, except in a step that points at them.
        """
        rest = enumerate(self.lesson.steps[self.number :], self.number)
        following = next((n for n, step in rest if isinstance(step, Predict | Do)), None)
        leads_there = following is not None and self.at(following).asks and not self.is_over
        return leads_there and self.panel != "diagnostics"

    @property
    def wants(self) -> bool:
        """Whether the step has a goal that was not reached yet."""
        return isinstance(self.step, Do) and self.number not in self.progress.runs

    @property
    def forward(self) -> str:
        """What it means to go forward, in a word."""
        way = "answer" if self.asks else "skip" if self.wants else "end" if self.is_over else "on"
        return translatable(way, "lesson")

    @property
    def solution(self) -> tuple[str, ...]:
        """The commands that do the task of the step; empty if it has none."""
        return self.step.solution if isinstance(self.step, Do) else ()

    @property
    def panel(self) -> str:
        """The panel at which the step points; empty if it points at none."""
        return self.step.panel if isinstance(self.step, Look) else ""

    @property
    def reached_run(self) -> RunState | None:
        """The run that reached the last goal, unless a later step has begun another one."""
        runs = self.progress.runs
        reached = [number for number in runs if self._begun <= number <= self.number]
        return runs[max(reached)] if reached else None

    @property
    def _begun(self) -> int:
        """The step with which the run begins."""
        return next((n for n in range(self.number, 0, -1) if self.lesson.steps[n].settings), 0)

    @property
    def is_done(self) -> bool:
        """Whether the learner has answered each question and reached each goal."""
        done, wanted = self.progress.counts(self.lesson)
        return done == wanted and (wanted > 0 or self.is_over)

    @property
    def reopened(self) -> LessonWalk:
        """The walk when its lesson is opened again: after the end, at what is missing or the first step."""
        known = {*self.progress.answers, *self.progress.runs}
        asked = (n for n, step in enumerate(self.lesson.steps) if isinstance(step, Predict | Do))
        return self.at(next((n for n in asked if n not in known), 0)) if self.is_over else self

    def on(self, facts: Facts, pages: int = 1) -> LessonWalk:
        """Go to the next page of the step, or to the next step; ask before a task is passed by.

        Args:
            facts: the numbers of the run.
            pages: how many pages the step has.

        Returns:
            The same walk at a question without an answer, and at the end.
        """
        page = min(self.page, pages - 1)
        if page + 1 < pages:
            return replace(self, page=page + 1)
        if self.wants and not self.is_skipping:
            return replace(self, is_skipping=True, shows_hint=False, page=0)
        return self if self.asks or self.is_over else self._leaving(facts).at(self.number + 1)

    def back(self, facts: Facts, pages: int = 1) -> LessonWalk:
        """Go to the page before, or to the last one of the step before; the same walk at the beginning."""
        page = min(self.page, pages - 1)
        if self.is_skipping or page > 0:
            return replace(self, page=max(page - 1, 0), is_skipping=False)
        before = self.number - (not self.is_over)
        if before < 0:
            return self
        walk = replace(self._leaving(facts).at(before), page=_LAST_PAGE)
        run = walk.reached_run  # of an earlier session, if the step was left in none
        return walk if before in walk.left or run is None else walk._leaving(facts_of_run(run))

    def _leaving(self, facts: Facts) -> LessonWalk:
        """Note the numbers of the step unless it was left before, or its text is about another run."""
        return self if self._skipped_task else replace(self, left={self.number: facts, **self.left})

    def at(self, number: int) -> LessonWalk:
        """Go to the beginning of a step."""
        return replace(self, progress=self.progress.at(number), page=0, shows_hint=False, is_skipping=False)

    def parse_answer(self, text: str) -> float:
        """The answer that a text spells: the number of a choice, or a number.

        Raises:
            RefusedError: it spells none.
        """
        count = len(self.choices)
        try:
            given = parse_real(text[:40])
        except ValueError:
            given = math.nan
        if count and given not in range(1, count + 1):
            raise RefusedError(_CHOICES(count=count))
        if math.isnan(given):
            raise RefusedError(word("An answer is a number such as 0.05.", "lesson"))
        return given

    def answered(self, given: float) -> LessonWalk:
        """Answer the question, and see whether that was right."""
        return replace(self, progress=self.progress.answered(self.number, given), page=0)

    def hinting(self) -> LessonWalk:
        """Show the hint of the task, or the task again."""
        shows_hint = isinstance(self.step, Do) and not self.shows_hint
        return replace(self, shows_hint=shows_hint, is_skipping=False, page=0)

    def reaching(self, run: RunState) -> LessonWalk:
        """Note that a run has reached the goal of the step."""
        return replace(self, progress=self.progress.reached(self.number, run), is_skipping=False)

    def is_reached(self, facts: Facts) -> bool:
        """Whether the run reaches the goal of the step, which was not reached yet."""
        step = self.step
        return self.wants and isinstance(step, Do) and _goal(step.goal)(facts)

    @property
    def title(self) -> str:
        """The title of the lesson."""
        return self.lesson.title[self.language]

    @property
    def summary(self) -> str:
        """How long the lesson takes and what is done of it."""
        minutes = Sentence("{minutes} min", context="lesson")(minutes=self.lesson.minutes)
        return f"{minutes}   {self.so_far}".rstrip()

    @property
    def so_far(self) -> str:
        """What is done of it; empty for nothing."""
        if self.is_done:
            return word("done", "lesson")
        begun = self.number or self.progress.counts(self.lesson)[0]
        steps = Sentence("{number} of {count} steps", context="lesson")
        return steps(number=self.number + 1, count=len(self.lesson.steps)) if begun else ""

    @property
    def run_name(self) -> str:
        """What the run is called with which the step begins."""
        if not self.number:
            return Sentence("the lesson {id}")(id=self.lesson.id)
        return Sentence("step {step} of the lesson {id}")(step=self.number + 1, id=self.lesson.id)

    @property
    def kind(self) -> str:
        """What the learner does in this step, in a word."""
        return word("The end" if self.is_over else _KINDS[type(self.step)], "lesson")

    @property
    def place(self) -> str:
        """The step and the number of steps."""
        return f"{self.number + 1}/{len(self.lesson.steps)}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices of the question; empty if it asks for a number, or if the step is no question."""
        step = self.step
        choices = step.choices.get(self.language, ()) if isinstance(step, Predict) else ()
        return tuple(map(with_commands, choices))

    def parts(self, facts: Facts) -> tuple[str, ...]:
        """The texts of the step with the numbers of the run: also the verdict on an answer, or a hint.

        The numbers of a run whose task was passed by are not those that the texts are about.
        """
        if self.is_over:
            return (self._end(),)
        if self.is_skipping:
            return (word("Skip this task? Its numbers will be missing.", "lesson"),)
        step = self.step
        facts = dict.fromkeys(facts, math.nan) if self._skipped_task else self.left.get(self.number, facts)
        text = self._filled(step.text, facts)
        if isinstance(step, Do) and self.shows_hint:
            return (_HINT(text=self._filled(step.hint, facts)),)
        if isinstance(step, Predict) and self.number in self.progress.answers:
            verdict, after = self._verdict(step), self._filled(step.after, facts)
            return text, joined(verdict, after)
        return (text,)

    def _filled(self, texts: Texts, facts: Facts) -> str:
        measured = {given.id: given for given in self.lesson.measured}
        text = texts.get(self.language, "")
        return filled(text, facts, measured) or (word(_NO_NUMBERS, "lesson") if text else "")

    def _end(self) -> str:
        """How many of the answers were right, and which lesson is next."""
        asked = {n: step for n, step in enumerate(self.lesson.steps) if isinstance(step, Predict)}
        answers = self.progress.answers
        right = sum(n in answers and step.is_right(answers[n]) for n, step in asked.items())
        score = _SCORE(right=right, count=len(asked)) if asked else ""
        title = self.following[1]
        following = Sentence("Next: {title}", context="lesson")(title=title) if title else ""
        return f"{score}{'' if score.endswith('。') else ' '}{following}".strip() or word(
            "The lesson is done.", "lesson"
        )

    @property
    def learned(self) -> tuple[str, ...]:
        """What the end says was learned."""
        return self.lesson.learned.get(self.language, ()) if self.is_over else ()

    def _verdict(self, step: Predict) -> str:
        given = self.progress.answers[self.number]
        if step.is_right(given):
            return Sentence("You said: {given}. Right.", context="lesson")(given=self._spelled(given))
        wrong = Sentence("You said: {given}. The answer is: {answer}.", context="lesson")
        return wrong(given=self._spelled(given), answer=self._spelled(step.answer))

    def _spelled(self, answer: float) -> str:
        """An answer in words: the text of a choice, or a number."""
        choices = dict(enumerate(self.choices, 1))
        return choices.get(int(answer), "?").rstrip(".。") if choices else number(answer)

    def state(self) -> tuple[str, bool]:
        """Whether the goal is reached or the answer is right, with a sign, and whether that is so.

        After a task that was skipped, that the numbers may not be those that the text is about.
        """
        step = self.step
        if isinstance(step, Predict):
            if self.asks:
                return f"? {word('not answered yet', 'lesson')}", False
            if step.is_right(self.progress.answers[self.number]):
                return f"✓ {word('right', 'lesson')}", True
            return f"✗ {word('not so', 'lesson')}", False
        if isinstance(step, Do):
            state = word("not reached yet" if self.wants else "reached", "lesson")
            return f"{'○' if self.wants else '✓'} {state}", not self.wants
        if self.is_done and not self.number:
            return f"✓ {word('finished before', 'lesson')}", True
        return (f"○ {word('task skipped', 'lesson')}" if self._skipped_task else ""), False

    @property
    def _skipped_task(self) -> bool:
        """Whether the goal of the run's last task was not reached, so that the text may not fit the run."""
        before = [n for n in range(self._begun, self.number) if isinstance(self.lesson.steps[n], Do)]
        return not self.is_over and bool(before) and before[-1] not in self.progress.runs
