"""The choices of a setting, which are the names that it accepts and what they mean, and the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

Task = Literal["regression", "classification"]
"""What a network can be trained for."""
TASKS: tuple[Task, ...] = get_args(Task)
Missing = Literal["refuse", "drop", "mean"]
"""What to do with missing values of own data."""
MISSING: tuple[Missing, ...] = get_args(Missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One name that a setting accepts, and what it stands for."""

    name: str
    formula: str
    """What is computed, as `derivation.expressions.parse_expression` reads it. A space between two factors
    means their product; a function, one of `derivation.expressions.FUNCTIONS`, is directly followed by a
    parenthesis."""
    help: str
    """What it does, in a sentence of at most 78 characters."""
    synonyms: tuple[str, ...] = ()
    """Other words by which people look for it."""


C = TypeVar("C", bound=Choice)


def by_name(*choices: C) -> dict[str, C]:
    """A registry of the choices, in this order."""
    return {choice.name: choice for choice in choices}
