"""Dialogues without a process of their own, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpengine import TASKS, Task, TrainingConfig
from bptui.cli.opening import try_open
from bptui.dialogue.answering import answer_to
from bptui.dialogue.dialogue import Dialogue
from bptui.process.restrictions import UNRESTRICTED, Restrictions
from bptui.settings.start_settings import StartSettings


def dialogue_of(
    task: Task = "regression",
    *,
    start: dict[str, Any] | None = None,
    restrictions: Restrictions = UNRESTRICTED,
    pause_requested: Callable[[], bool] = lambda: False,
    **changes: Any,
) -> Dialogue:
    """A dialogue about a task with these settings, and about the other task with its defaults."""
    configs = {each: TrainingConfig.defaults(each, **(changes if each == task else {})) for each in TASKS}
    settings = StartSettings(configs=configs, start=task, **{"kernel": "numpy", **(start or {})})
    return Dialogue(settings, open_file=try_open, restrictions=restrictions, pause_requested=pause_requested)


def said(dialogue: Dialogue, *lines: str) -> str:
    """The answer to the last of these lines."""
    answer: list[str] = []
    for line in lines:
        answer = list(answer_to(dialogue, line))
    return "\n".join(answer)
