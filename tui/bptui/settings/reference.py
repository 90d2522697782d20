"""The reference of all settings as Markdown: `python -m bptui.settings.reference > docs/settings.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from bpengine import DATASETS, ChoiceField, Field, NamesField
from bptui.commands import COMMANDS, Command
from bptui.settings.keys import ALLOWED, written_keys
from bptui.settings.options import FIELDS_BY_SUBJECT, OPTIONS, default_text

COMMAND = "python -m bptui.settings.reference > docs/settings.md"
"""The command that writes the file."""


def reference() -> str:
    """The text of the file."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield f"<!-- Made by: {COMMAND} -->"
    yield ""
    yield "A setting's name is its key in a settings file (`bptui --config FILE`), its flag sets it on the"
    yield "command line, and its symbol stands in the screen's panel. A change of a *live* setting acts on"
    yield "the running network; a change of any other setting restarts the run. `bptui config init` writes a"
    yield "file of all settings."
    yield ""
    yield "In the formulas, z is a unit's weighted sum, p a parameter (a weight or bias), g its gradient and"
    yield "t the number of updates; v, m and s are kept from one update to the next, and ε is 1e-8. e is the"
    yield "epoch, counted from 0. N(0, 1) is a normal random number of mean 0 and variance 1."
    for subject, fields in FIELDS_BY_SUBJECT.items():
        yield from ("", f"## {subject.capitalize()}", "")
        head = ("name", "flag", "symbol", "allowed", "default", "live", "what it does")
        yield from _table(head, map(_of_field, fields))
        for field in fields:
            if isinstance(field, (ChoiceField, NamesField)) and field.formulas:
                yield from ("", f"### {field.label.capitalize()}", "")
                names = field.formulas.items()
                rows = ((f"`{name}`", formula, field.helps[name]) for name, formula in names)
                yield from _table((field.label, "formula", "what it does"), rows)
    yield from ("", "### Named data sets", "")
    yield from _table(
        ("name", "task", "samples", "description"),
        (
            (f"`{dataset.name}`", dataset.task, str(dataset.samples), dataset.help)
            for dataset in DATASETS.values()
        ),
    )
    yield from ("", "## Data, screen and computing", "")
    yield from _table(
        ("name", "flag", "allowed", "what it does"),
        (
            (f"`{option.name}`", f"`{option.flag}`" if option.flag else "", option.allowed, option.help)
            for option in OPTIONS
        ),
    )
    yield from ("", "## Keys", "")
    yield "A settings file may give the commands of the screen other keys, in the table `[keys]`, such as"
    yield '`restart = "f5"` or `more = ["right", "]"]`. No two commands may have the same key. Help, footer'
    yield "and messages then name the new keys. A command has"
    yield f"{ALLOWED}."
    yield ""
    yield from _table(
        ("command", "keys", "what it does"),
        ((f"`{each.name}`", _keys_of(each), each.help) for each in COMMANDS),
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


def _keys_of(command: Command) -> str:
    keys = written_keys(command.default_keys)
    return ", ".join(f"`{key}`" for key in ((keys,) if isinstance(keys, str) else keys))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    texts = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    sys.stdout.buffer.write(reference().encode())  # UTF-8, whatever the locale
