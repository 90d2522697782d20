"""A new lesson to begin with: a file that is a lesson already, and passes the check."""

from __future__ import annotations

from pathlib import Path

from bptui.lessons.reading import ID

NAME = "my-lesson"
"""The ID of a lesson whose file has no name that can be one."""

_TEXT = """\
# A lesson of bptui; docs/lessons.md describes the format.
#   bptui learn {file}            take it
#   bptui lessons check {file}    prove it
format = 1
id = "{id}"
minutes = 5
title.en = "What does the learning rate do?"
learned.en = ["A small learning rate learns slowly.", "Larger steps go further, up to a limit."]
start = {{ task = "regression", hidden = [3], learning_rate = 0.01, epochs = 500, seed = 0 }}

# Points at a panel.
[[steps]]
kind = "look"
panel = "error"
text.en = "The error of each epoch is drawn here. The learning rate is 0.01, which is small."

# A question, which is answered before the run shows the answer.
[[steps]]
kind = "predict"
text.en = "With a learning rate of 0.3, where is the error after 200 epochs?"
choices.en = ["Far lower", "About the same", "Far higher"]
answer = 1
after.en = "A larger step goes further in each update, as long as it is not so large that it overshoots."

# A task. A text names commands, which are keys on the screen and words in the dialogue. Brackets are left out
# where a command is missing. The goal is false before the commands of the solution, and true after them.
[[steps]]
kind = "do"
text.en = "Bring the error below 0.02 within 200 epochs."
goal = "error < 0.02 and epoch <= 200"
solution = ["set learning rate 0.3", "run to 200"]
hint.en = "Choose the learning rate[ with {{up/down}}], raise it with {{more}}, then {{press toggle_run}}."

# Says why. Numbers of the run and numbers that the check has measured can be filled in.
[[steps]]
kind = "explain"
text.en = "The error is {{error:.2g}} now. With 0.01, the median over the starts is {{measured.slow:.2g}}."

# The median over the starts. The check trains these 16 starts and 64 others, and compares the number.
[[measured]]
id = "slow"
settings = {{ learning_rate = 0.01 }}
starts = 16
epochs = 200
value = "error"
is = 0.087                  # as the texts say it, within 20 %

# What the texts assert of each start, or of a share of them, such as share = 0.9.
[[claims]]
text.en = "With 0.3, every start is below 0.03 after 200 epochs."
settings = {{ learning_rate = 0.3 }}
starts = 16
epochs = 200
holds = "error < 0.03"
"""


def new_lesson(path: Path) -> str:
    """The text of a new lesson for this file."""
    return _TEXT.format(id=path.stem if ID.fullmatch(path.stem) else NAME, file=path.name)
