"""A short lesson, and apps that are opened with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bpengine import TASKS, TrainingConfig
from bptui.cli.grading.walkthrough import walk
from bptui.lessons.lesson import Do, Lesson
from bptui.lessons.progress import Progress
from bptui.process.allowance import Allowance
from bptui.screen.app import BptuiApp
from bptui.settings.start_settings import LessonStart, StartSettings

LESSON = '''
format = 1
id = "short"
minutes = 5
title.en = "A short lesson"
title.zh = "短短的一课"
learned.en = ["Steps add up."]
learned.zh = ["台阶可以相加。"]
start = { task = "regression", hidden = [1], samples = 20, seed = 0 }

[[steps]]
kind = "look"
panel = "table"
text.en = "This is the table of the errors."
text.zh = "这是误差的表格。"

[[steps]]
kind = "predict"
text.en = """What will one unit do? It makes one step. The sine goes up, down and up again. \\
  Think of the number of its bends before you answer, and of how many steps they need."""
text.zh = "一个单元能做什么？它只画出一个台阶。正弦先升、再降、再升。"
choices.en = ["It follows the sine", "It bends once"]
choices.zh = ["跟着正弦走", "只弯一次"]
answer = 2
after.en = "One unit makes one step."
after.zh = "一个单元画出一个台阶。"

[[steps]]
kind = "do"
text.en = "Bring the error below 0.3 with 2 to 4 hidden units."
text.zh = "用 2 到 4 个隐藏单元把误差降到 0.3 以下。"
goal = "error < 0.3 and hidden >= 2 and hidden <= 4"
solution = ["set hidden units 3", "step 4"]
hint.en = "Three will do."
hint.zh = "三个就够。"

[[steps]]
kind = "predict"
set = { hidden = [6] }
text.en = "A run with {hidden} units begins. How many weights lead to them?"
text.zh = "有 {hidden} 个单元的训练开始了。连到它们的权重有几个？"
answer = 6

[[steps]]
kind = "explain"
text.en = "The error is {error:.2g}."
text.zh = "误差是 {error:.2g}。"
'''


def write_lesson(folder: Path) -> Path:
    """Write the lesson into a folder of lessons."""
    path = folder / "short.toml"
    path.write_text(LESSON, encoding="utf-8")
    return path


def lesson_start(folder: Path, /, **options: Any) -> LessonStart:
    """Open the lesson, whose file is in the folder, and keep the progress there."""
    return LessonStart(**{"name": str(folder / "short.toml"), "progress": folder / "kept", **options})


def lesson_app(
    folder: Path,
    /,
    *,
    start: dict[str, Any] | None = None,
    allowance: Allowance | None = None,
    **options: Any,
) -> BptuiApp:
    """A paused app that is opened with the lesson."""
    write_lesson(folder)
    configs = {task: TrainingConfig.defaults(task) for task in TASKS}
    settings = {"kernel": "numpy", "paused": True, **(start or {})}
    opened = StartSettings(configs=configs, lessons=lesson_start(folder, **options), **settings)
    return BptuiApp(opened, allowance=allowance)


def solved(lesson: Lesson) -> Progress:
    """The progress of a learner who was shown each task and gave each right answer."""
    progress = Progress.of(lesson)
    for visit in walk(lesson):
        answer = getattr(visit.step, "answer", None)
        if answer is not None:
            progress = progress.answered(visit.number, answer)
        if isinstance(visit.step, Do):
            progress = progress.reached(visit.number, visit.run)
    return progress
