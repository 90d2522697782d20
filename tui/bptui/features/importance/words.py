"""What matters in a table, in the words of screen, dialogue and shell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.explain.importance import CONNECTED, PERMUTATIONS, Importance
from bpwords import Sentence, many, word
from bpwords.numbers import error_text, number

_GROUP = " + "
"""What is between the names of connected columns."""


def name_of(importance: Importance) -> str:
    """The name of a column, or those of connected ones."""
    return _GROUP.join(importance.columns)


def summary(found: Sequence[Importance], rows: int) -> str:
    """What was measured, in sentences.

    Args:
        found: the importance of each group of columns.
        rows: how many test rows there are.
    """
    starts = many(len(found[0].errors), "one start", "{n} starts")
    measured = Sentence(
        "Shuffling the values of a column among the {rows} test rows, {times} times, raises the test "
        "error of {starts}, which is {error} on average:"
    )
    error = error_text(float(found[0].errors.mean()))
    return measured(starts=starts, error=error, rows=rows, times=PERMUTATIONS)


def range_of(importance: Importance) -> str:
    """The lowest and the highest rise over the starts."""
    low, high = number(float(importance.rises.min()), 2), number(float(importance.rises.max()), 2)
    return Sentence("{low} to {high}")(low=low, high=high)


def describe_importance(found: Sequence[Importance], rows: int) -> Iterator[str]:
    """Describe what was measured, the columns that matter, those for which that is not decided, and groups.

    Args:
        found: the importance of each group of columns, the largest first.
        rows: how many test rows there are.
    """
    yield summary(found, rows)
    of_column = Sentence("{name}: by {rise}, {range} over the starts.")
    for importance in found:
        if importance.is_decided:
            rise = number(importance.mean, 2)
            yield of_column(name=name_of(importance), rise=rise, range=range_of(importance))
    undecided = [name_of(importance) for importance in found if not importance.is_decided]
    if undecided:
        said = Sentence("Not decided, since some starts or chance alone may explain the rise: {names}.")
        yield said(names=word(", ", "legend").join(undecided))
    yield from connected(found)


def connected(found: Sequence[Importance]) -> Iterator[str]:
    """Say which columns were shuffled together."""
    for importance in found:
        if len(importance.columns) > 1:
            together = Sentence(
                "{names} are connected (a correlation above {limit}), and are shuffled together."
            )
            yield together(names=word(", ", "legend").join(importance.columns), limit=CONNECTED)
