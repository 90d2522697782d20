"""The texts to translate: `python -m tests.languages` writes their template, and checks translations.

The sentences are found in the syntax trees; labels and helps in the tables. A text without a translation is
an error, unless its entry is marked as fuzzy: then it is said in English until a translator has looked at it.
With --check, fuzzy entries are only counted, and the template stays as it is. With --strict, they are errors.
"""

from __future__ import annotations

import ast
import errno
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bpengine import DATASETS, FIELDS
from bpengine.explain.derivation import PHASES, QUANTITIES
from bpengine.exports import FORMATS
from bpengine.fields import ChoiceField, NamesField
from bpengine.many.sweeps.cells import METRIC_NAMES
from bptui.commands import COMMANDS, TABS, TOPICS
from bptui.commands.naming import is_command
from bptui.commands.phrases import PHRASES
from bptui.dialogue.files import KINDS
from bptui.dialogue.table import ENTRIES, GROUPS
from bptui.screen.actions.palette_source import LANGUAGES
from bptui.screen.drawing.roles import ROLES
from bptui.screen.overlays.box_text import box_help
from bptui.screen.overlays.help_pages import ESSENTIAL, START
from bptui.screen.overlays.map_text import map_help
from bptui.screen.tabs import panel_help
from bptui.screen.tabs.panels import PANELS
from bptui.session.description import SECTIONS
from bptui.session.snapshot import Stage
from bptui.session.speed import SPEEDS
from bptui.session.worked_step.position import Stride
from bptui.settings.languages import FOLDER
from bpwords import key, slots
from bpwords.catalogue import Entry, entries

ROOT = Path(__file__).parents[1]
ENGLISH_ONLY = ("steering/", "experiments/cluster/")
"""The folders whose texts stay English: nobody has translated them as a whole."""
FILE_ERRORS = (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENAMETOOLONG, errno.ENOENT)
"""What the system most often says of a file that can't be read or written."""
READ = ("Sentence", "refused", "word", "translatable")
"""The calls around texts; a variable with such a name would hide them."""
_HINTS = ("hint_of", "KeyHint", "of")
_IS_TEXT = re.compile(r"[^_]*([A-Za-z]{2}|[a-z]\\b|R²)[^_]*", re.DOTALL)
Text = tuple[str, str]
"""An English text and its context."""


def of_tables() -> Iterator[Text]:
    """The texts of the tables."""
    for field in FIELDS:
        yield from ((field.label, "setting"), (field.help, ""), (field.name, "synonyms"))
        if isinstance(field, (ChoiceField, NamesField)):
            yield from ((help, "") for help in field.helps.values())
    for command in COMMANDS:
        yield from ((command.help, ""), (command.label, "key"))
        if command.synonyms:
            yield command.name, "synonyms"
    for entry, own in ENTRIES.items():
        yield from ((own.name, "dialogue"), (own.help or entry.help, ""), (own.usage, "usage"))
    yield from ((word, "dialogue") for word in (*GROUPS, *SECTIONS, *KINDS, *DATASETS, *PHRASES))
    yield from ((task, "tab") for task in TABS)
    yield from ((topic, "topic") for topic in (START, *TOPICS))
    yield from ((stage, "state") for stage in (*Stage, "viewing"))
    yield from ((speed.label, "") for speed in SPEEDS)
    yield from ((purpose, "") for _, purpose in ESSENTIAL)
    yield from ((panel.name, "panel") for panel in PANELS)
    yield from ((panel.title, "title") for panel in PANELS)
    yield from ((name, "synonyms") for name in ("predict", "open", "learn"))
    yield from ((text, "list") for text in (" and ", " or "))
    yield from ((role.meaning, "") for role in ROLES.values())
    yield from ((text, "") for text in (*METRIC_NAMES.values(), *PHASES.values()))
    yield from ((name, "") for name in LANGUAGES.values())
    yield from ((os.strerror(number).lower(), "") for number in FILE_ERRORS)
    yield from ((quantity.name, "quantity") for quantity in QUANTITIES.values())
    yield from ((quantity.why, "") for quantity in QUANTITIES.values())
    yield from ((stride, "stride") for stride in (*(stride.value for stride in Stride), "batch"))
    yield from ((text, "") for format in FORMATS.values() for text in (format.label, format.check))
    yield from ((name, "panel") for name in ("box", "map", "timeline", "status"))
    helps = (box_help(), map_help(), panel_help.TIMELINE, panel_help.STATUS)
    for help in (*(panel.help for panel in PANELS), *helps):
        yield help.about, ""
        yield from ((sign.meaning, "") for sign in help.signs)
    for help in (panel.help for panel in PANELS):
        yield from ((sign.text, "sign") for sign in help.signs if _IS_TEXT.fullmatch(sign.text))


def assigned_in(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What is assigned to each variable, wherever that is."""
    assigned = defaultdict[str, list[ast.expr]](list)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = zip(targets, values, strict=False)
            case ast.Assign(targets=[target], value=value):
                pairs = zip([target], [value], strict=True)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pairs = zip([target], [value], strict=True)
            case _:
                continue
        for target, value in pairs:
            if isinstance(target, ast.Name):
                assigned[target.id].append(value)
    return assigned


def of_tree(tree: ast.Module) -> Iterator[Text]:
    """The sentences and words in the code of a module."""
    assigned = assigned_in(tree)

    def literals(node: ast.expr, within: tuple[str, ...] = ()) -> list[str]:
        """The texts that an expression may be; `within` are the variables that have led to it."""
        match node:
            case ast.Constant(str(text)):
                return [text]
            case ast.IfExp(body=one, orelse=other):
                return [*literals(one, within), *literals(other, within)]
            case ast.Subscript(value=value):
                return literals(value, within)
            case ast.Name(name) if name not in within:
                return [text for value in assigned[name] for text in literals(value, (*within, name))]
            case ast.Dict(values=values) | ast.Tuple(elts=values):
                return [text for value in values for text in literals(value, within)]
        return []

    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name), args=[first, *_]) if name in READ:
                contexts = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "context")]
                context = contexts[0].value if contexts and isinstance(contexts[0], ast.Constant) else ""
                yield from ((text, str(context)) for text in literals(first))
            case ast.Call(func=ast.Name("many"), args=[_, one, several]):
                yield from ((text, "") for part in (one, several) for text in literals(part))
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[_, label, *_]) if (
                name in _HINTS
            ):
                yield from ((text, "key") for text in literals(label) if " " not in text or "." not in text)
            case ast.keyword(arg="title", value=ast.Constant(str(text))):
                yield text, "title"
            case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(str(text)), *_]) if "." in text:
                yield text, ""
            case ast.Call(args=[ast.Attribute(attr="say"), ast.Constant(str(text))]):
                yield text, ""


def texts() -> dict[Text, str]:
    """All texts to translate, and where each is."""
    found = dict.fromkeys(of_tables(), "tables")
    for folder in ("tui/bptui", "engine/bpengine", "engine/bpwords"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT / folder))
            for text in of_tree(ast.parse(path.read_text("utf-8"))):
                if not name.startswith(ENGLISH_ONLY):
                    found.setdefault(text, name)
    return {text: place for text, place in found.items() if text[0].strip("\0\1 …")}


def quoted(text: str) -> str:
    """A text as a .po file has it."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'


def written(found: dict[Text, str], translated: dict[str, str]) -> str:
    """The content of a .po file with these texts."""
    blocks = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n']
    for (text, context), place in found.items():
        lines = [f"#: {place}", f"msgctxt {quoted(context)}" if context else "", f"msgid {quoted(text)}"]
        lines.append(f"msgstr {quoted(translated.get(key(text, context), ''))}\n")
        blocks.append("\n".join(filter(None, lines)))
    return "\n".join(blocks)


def wrong(entry: Entry, known: set[Text]) -> str:
    """What is wrong with an entry; empty if nothing is."""
    if (entry.text, entry.context) not in known:
        return "no such text"
    if entry.is_fuzzy or not entry.translation:
        return ""
    values = {slot for slot in slots(entry.text) if not is_command(slot)}
    for slot in slots(entry.translation):
        if not is_command(slot) and slot not in values:
            return f"{{{slot}}} is no slot of the text"
    if lost := values.difference(slots(entry.translation)):
        return f"lacks {{{min(lost)}}}"
    return ""


def problems(path: Path, found: dict[Text, str]) -> Iterator[tuple[str, Text]]:
    """The kind of each problem of a translation (wrong, fuzzy or missing), and the text."""
    there: dict[Text, Entry] = {
        (entry.text, entry.context): entry for entry in entries(path.read_text("utf-8"))
    }
    known = set(found)
    for text, entry in there.items():
        if why := wrong(entry, known):
            yield f"wrong ({why})", text
        elif entry.is_fuzzy:
            yield "fuzzy", text
    for text in found:
        if text not in there or not (there[text].translation or there[text].is_fuzzy):
            yield "missing", text


def main() -> int:
    """Write the template and name the problems; return the exit status."""
    found, status = texts(), 0
    if "--check" not in sys.argv:
        (FOLDER / "bptui.pot").write_text(written(found, {}), "utf-8")
    for path in sorted(FOLDER.glob("*.po")):
        fuzzy = 0
        for problem, (text, context) in problems(path, found):
            is_fuzzy = problem == "fuzzy"
            fuzzy += is_fuzzy
            if not is_fuzzy or "--check" not in sys.argv:
                print(f"{path.name}: {problem}: {context and f'({context}) '}{text}")
            if not is_fuzzy or "--strict" in sys.argv:
                status = 1
        print(f"{path.name}: {len(found)} texts, {fuzzy} of them fuzzy and said in English")
    return status


if __name__ == "__main__":
    sys.exit(main())
