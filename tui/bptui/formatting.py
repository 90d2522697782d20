"""Names of columns, symbols of settings and what has changed, as text."""

from __future__ import annotations

import re
from typing import Any

from bpengine import FIELD, FIELDS, Dataset, Field, Metrics, TrainingConfig
from bpengine.training.predictions import wilson
from bpwords import Sentence, word
from bpwords.numbers import R2_DIGITS, number, share_text


def with_arrows(text: str) -> str:
    """The text, such as that of a change, with an arrow in place of ->."""
    return text.replace("->", "→")


_WITH_UNIT = re.compile(r"(.*\S)\s+[(\[]([^()\[\]]{1,8})[)\]]\s*")
"""The name of a column and its unit, as in "price (k$)"."""


def unit_of(name: str) -> str:
    """The unit that the name of a column ends with, with a space before it; empty if there is none."""
    match = _WITH_UNIT.fullmatch(name)
    return f" {match[2].strip()}" if match else ""


def without_unit(name: str) -> str:
    """The name of a column without the unit at its end."""
    match = _WITH_UNIT.fullmatch(name)
    return match[1] if match else name


def interval_text(share: float, count: int) -> str:
    """Where a share of so many samples probably lies among all samples, as in "86-100%"."""
    low, high = wilson(share, count)
    return f"{share_text(low)[:-1]}-{share_text(high)}"


def figures_text(metrics: Metrics, dataset: Dataset, *, is_test: bool = False) -> str:
    """The figures of one set of samples; those of test samples with what they may be on others."""
    texts = [Sentence("error {n}")(n=number(metrics.error))]
    if metrics.rmse is not None:
        texts.append(f"RMSE {number(metrics.rmse)}{unit_of(dataset.target)}")
    if metrics.r2 is not None:
        texts.append(f"R2 {number(metrics.r2, R2_DIGITS)}")
    if metrics.accuracy is not None:
        share, interval = number(100 * metrics.accuracy, 4), interval_text(metrics.accuracy, len(dataset))
        accuracy = Sentence("accuracy {share} ({interval})" if is_test else "accuracy {share}")
        texts.append(accuracy(share=f"{share}%", interval=interval))
    return word(", ", "list").join(texts)


def difference_text(difference: float, chance: float) -> str:
    """A difference with what may be chance in it, as in "0.0135 ± 0.126 higher"."""
    said = Sentence("{difference} ± {chance} lower" if difference < 0 else "{difference} ± {chance} higher")
    return said(difference=number(abs(difference)), chance=number(chance, 2))


def is_of_data(field: Field) -> bool:
    """Whether it is a setting of the data."""
    return field.subject == FIELD["dataset"].subject


def changed_settings(pinned: TrainingConfig, live: TrainingConfig) -> list[tuple[Field, Any, Any]]:
    """The settings that differ, each with its pinned and its live value; those of the data come first."""
    return [
        (field, old, new)
        for field in sorted(FIELDS, key=is_of_data, reverse=True)
        if (old := getattr(pinned, field.name)) != (new := getattr(live, field.name))
    ]


def changes_in_words(pinned: TrainingConfig, live: TrainingConfig) -> list[str]:
    """Each setting that differs, by its symbol, from the pinned to the live value."""
    changed = changed_settings(pinned, live)
    return [f"{field.symbol} {field.brief(old)} → {field.brief(new)}" for field, old, new in changed]
