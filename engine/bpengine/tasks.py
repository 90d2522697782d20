"""The tasks that a network can be trained for."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal["regression", "classification"]
TASKS: tuple[Task, ...] = get_args(Task)
