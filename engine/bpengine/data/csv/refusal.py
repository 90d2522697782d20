"""The message that refuses a file: which columns can't be used as they are, and what to do about them."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine.data.csv.columns import Columns
from bpengine.data.csv.messages import Spelling, counted, data_error
from bpengine.data.csv.survey import ColumnSurvey
from bpengine.errors import DataError
from bpengine.wording import printable

MAX_DESCRIBED = 3
"""The most columns with each kind of problem that a message describes."""


def refusal(
    file: str,
    columns: Columns,
    features: Sequence[ColumnSurvey],
    target: ColumnSurvey,
    *,
    missing: str,
    spell: Spelling,
) -> DataError | None:
    """Return the error for columns that can't be learned from and for missing values, or None.

    Args:
        file: the file's name, for messages.
        columns: all columns.
        features: the feature columns.
        target: the target column.
        missing: how to treat missing values: refuse, drop or mean.
        spell: how messages write an option.
    """
    unusable = [survey for survey in features if survey.unusable]
    usable = [survey for survey in features if not survey.unusable]
    gaps = [survey for survey in (*usable, target) if survey.missing] if missing == "refuse" else []
    if len(unusable) == 1 and not gaps and unusable[0].is_mixed:
        return None  # the second pass names the cell
    if not unusable and not gaps:
        return None
    remedies = [columns.leaving_out([survey.column for survey in unusable])] if unusable else []
    if gaps:
        fill, drop = spell("missing", "mean"), spell("missing", "drop")
        is_one = sum(gap.missing for gap in gaps) == 1
        remedies += [] if gaps == [target] else [f"{fill} fills {'it' if is_one else 'them'}"]
        remedies += [f"{drop} leaves {'its row' if is_one else 'their rows'} out"]
        if not unusable and target not in gaps:
            remedies += [columns.leaving_out([gap.column for gap in gaps])]
    if len(unusable) + len(gaps) == 1:
        (survey,) = (*unusable, *gaps)
        first = survey.first_missing if gaps and survey.missing == 1 else None
        line = None if first is None else first[0]
        message = f"{survey.unusable or _empty_cells(survey)}: {', '.join(remedies)}"
        return data_error(file, message, line=line, column=survey.column)
    described = [f"{survey.column.brief} {survey.unusable}" for survey in unusable[:MAX_DESCRIBED]]
    described += _more(unusable)
    described += [f"{gap.column.brief} {_empty_cells(gap)}" for gap in gaps[:MAX_DESCRIBED]]
    described += _more(gaps)
    return data_error(file, f"{', '.join(described)}: {', '.join(remedies)}")


def _more(surveys: Sequence[ColumnSurvey]) -> list[str]:
    rest = len(surveys) - MAX_DESCRIBED
    return [f"and so on in {counted(rest, 'more column')}"] if rest > 0 else []


def _empty_cells(survey: ColumnSurvey) -> str:
    first = survey.first_missing
    example = f" ('{printable(first[1], 20)}')" if first is not None and first[1] else ""
    return f"has {'an empty cell' if survey.missing == 1 else f'{survey.missing:,} empty cells'}{example}"
