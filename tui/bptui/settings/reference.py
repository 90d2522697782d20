"""The reference of every setting, as Markdown: `python -m bptui.settings.reference > docs/settings.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from bpengine import DATASETS, Field
from bpengine.activations import ACTIVATIONS
from bpengine.initializers import INITIALIZERS
from bpengine.optimizers import OPTIMIZERS
from bpengine.schedules import SCHEDULES
from bptui.settings.options import OPTIONS, SUBJECTS, default_text, fields_of

COMMAND = "python -m bptui.settings.reference > docs/settings.md"
"""How the file is made."""

FORMULAS: dict[str, dict[str, str]] = {
    "activation": {
        "sigmoid": "1 / (1 + exp(-z)), from 0 to 1",
        "tanh": "tanh z, from -1 to 1",
        "relu": "z, or 0 where z is below 0",
        "leaky-relu": "z, or 0.01 z where z is below 0",
        "sin": "sin z",
        "identity": "z; layers of it alone make no more than one linear map",
    },
    "initializer": {
        "normal": "init scale × N(0, 1), biases too",
        "zeros": "all weights and biases 0: hidden units stay alike",
        "xavier": "N(0, 2 / (inputs + units)), biases 0",
        "he": "N(0, 2 / inputs), biases 0",
    },
    "optimizer": {
        "sgd": "p -= η g",
        "momentum": "v = μ v + g; p -= η v",
        "nesterov": "v = μ v + g; p -= η (g + μ v)",
        "rmsprop": "s = ρ s + (1 - ρ) g²; p -= η g / (√s + ε)",
        "adam": "m = μ m + (1 - μ) g; s = ρ s + (1 - ρ) g²; p -= η m / (1 - μᵗ) / (√(s / (1 - ρᵗ)) + ε)",
    },
    "schedule": {
        "constant": "η",
        "step": "η × γ^⌊e / T⌋: a jump after every T epochs",
        "exponential": "η × γ^(e / T): a little every epoch",
        "cosine": "η × (γ + (1 - γ) (1 + cos(π e / T)) / 2), down to η × γ, and that from then on",
    },
}
"""What the names of a setting stand for: g is the gradient, p a parameter, e the epoch."""

NAMES: dict[str, Iterable[str]] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
"""The names that the engine knows; each has its formula."""


def reference() -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield f"<!-- Made by: {COMMAND} -->"
    yield ""
    yield "The name is the key in a settings file (`bptui --config FILE`), the flag sets the same on the"
    yield "command line, and the symbol stands in the screen's panel. A *live* setting acts on the running"
    yield "network; a change of any other starts the run again. `bptui config init` writes a file of all."
    for subject in SUBJECTS:
        yield from ("", f"## {subject.capitalize()}", "")
        rows = [_of_field(field) for field in fields_of(subject)]
        yield from _table(("name", "flag", "symbol", "takes", "default", "live", "what it does"), rows)
        for field in fields_of(subject):
            if field.name in FORMULAS:
                yield from ("", f"### {field.label.capitalize()}", "")
                yield from _table(
                    (field.label, "is"),
                    ((f"`{name}`", FORMULAS[field.name][name]) for name in NAMES[field.name]),
                )
    yield from ("", "### Named data sets", "")
    yield from _table(
        ("name", "task", "samples", "what there is to learn"),
        (
            (f"`{dataset.name}`", dataset.task, str(dataset.samples), dataset.help)
            for dataset in DATASETS.values()
        ),
    )
    yield from ("", "## Data, screen and computing", "")
    yield from _table(
        ("name", "flag", "takes", "what it does"),
        (
            (f"`{option.name}`", f"`{option.flag}`" if option.flag else "", option.allowed, option.help)
            for option in OPTIONS
        ),
    )


def _of_field(field: Field) -> tuple[str, ...]:
    return (
        f"`{field.name}`",
        f"`{field.flag} {field.metavar}`",
        field.symbol,
        field.allowed,
        default_text(field),
        "" if field.needs_restart else "live",
        field.help,
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    texts = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    sys.stdout.buffer.write(reference().encode())  # whatever the locale
