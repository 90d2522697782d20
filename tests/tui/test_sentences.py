"""Every sentence of the program: found in the syntax trees of its modules, and not by a list kept by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from bptui.commands import COMMAND, COMMANDS, change_keys
from bptui.commands.naming import in_dialogue, is_command, on_screen
from bptui.lessons.goals import NUMBERS
from bptui.lessons.lesson import Lesson
from bptui.lessons.library import SHIPPED, new_lesson
from bptui.lessons.reading import read_lesson
from bptui.lessons.texts import filled, problem
from bpwords import OPTIONAL, Sentence, slots, speak
from tests.languages import assigned_in

ROOT = Path(__file__).parents[2]
OF_DIALOGUE = re.compile(r"^dialogue|/talk\b")
"""The modules whose sentences only the dialogue says."""
SCREEN_ONLY = ("screen", "steering")
"""The folders whose sentences only the screen says."""
KEY = re.compile(
    r"\b(?:space|esc|(?<!the )tab|enter|ctrl\+\w)\b|[←→↑↓]|\bpress\b|(?:^|[:;,.] )-? ?[a-zA-Z] [a-z]+s\b",
    re.I,
)
"""What a sentence says of keys: Space pauses, press r, U redoes it, - slows down."""
UNUSUAL = {command.name: f"{chr(0x400 + number)}9" for number, command in enumerate(COMMANDS)}
"""Keys that no keyboard has."""
FIXED = re.compile(r"\b(enter|esc|backspace|space next page)\b")
"""Keys of dialogs and inputs, which no settings file changes."""
KEY_OF_LESSON = re.compile(
    r"\b(?:space|esc|tab|enter|ctrl\+\w|press|arrows?)\b|[←→↑↓]|方向键|按 ?[a-z0-9/+-]", re.IGNORECASE
)
"""What a lesson says of keys in English or Chinese."""
KNOWN = re.compile(r"(?:press |按 )?(?:[\u0400-\u04ff]9|enter|esc)|按 e(?=，)", re.IGNORECASE)
"""What it may say on the screen: keys that are changed, and those of dialogs and of the map."""


class Module(NamedTuple):
    path: str
    tree: ast.Module


@cache
def modules() -> tuple[Module, ...]:
    return tuple(
        Module(str(path.relative_to(ROOT / folder)), ast.parse(path.read_text("utf-8")))
        for folder in ("tui/bptui", "engine/bpengine")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


@pytest.fixture(autouse=True)
def keys_as_they_were() -> Iterator[None]:
    yield
    change_keys({})


def literals(node: ast.AST) -> list[str]:
    """The texts of the sentences in an expression, and of the calls of `many`."""
    found = []
    for call in ast.walk(node):
        match call:
            case ast.Call(func=ast.Name("Sentence" | "refused"), args=[text, *_]):
                found += alternatives(text)
    return found


def alternatives(node: ast.expr, place: Place | None = None) -> list[str]:
    """The texts that an expression of literals may be, also by a name of its module; empty if it is none."""
    match node:
        case ast.Name(name) if place is not None:
            values = assigned_in(place.tree)[name]
            return [text for value in values for text in alternatives(value)]
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return alternatives(one) + alternatives(other)
    return []


@cache
def sentences() -> dict[str, str]:
    """The path of the module of each sentence."""
    return {text: place.path for call, place in said_at() for text in alternatives(call.args[0], place)}


class Place(NamedTuple):
    """Where an expression stands, which says what its names mean."""

    path: str
    module: str
    function: ast.FunctionDef | None
    tree: ast.Module


def said_at() -> list[tuple[ast.Call, Place]]:
    """All sentences, and all refusals, which are said at once."""
    refusals = (each for each in calls_by_name()["refused"] if isinstance(each[0].func, ast.Name))
    return [*calls_by_name()["Sentence"], *refusals]


@cache
def calls_by_name() -> dict[str, list[tuple[ast.Call, Place]]]:
    found: dict[str, list[tuple[ast.Call, Place]]] = {}
    nodes: list[tuple[ast.AST, Place]] = [
        (module.tree, Place(module.path, Path(module.path).stem, None, module.tree)) for module in modules()
    ]
    while nodes:
        node, place = nodes.pop()
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found.setdefault(name, []).append((node, place))
        within = place._replace(function=node) if isinstance(node, ast.FunctionDef) else place
        nodes += [(child, within) for child in ast.iter_child_nodes(node)]
    return found


@cache
def constants() -> dict[tuple[str, str], list[str]]:
    """The sentences in the constants of the modules."""
    return {
        (module.path, target.id): found
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.Assign) and (found := literals(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def may_be(node: ast.expr, place: Place, seen: set[tuple[str, str]]) -> set[str]:
    """The sentences that an expression may stand for."""
    match node:
        case ast.Attribute(ast.Name(module), name):
            texts = (
                found
                for (path, own), found in constants().items()
                if (Path(path).stem, own) == (module, name)
            )
            return set().union(*texts)
        case ast.Name(name) if (place.path, name) in constants():
            return set(constants()[place.path, name])
        case ast.Name(name) if place.function is not None and (place.function.name, name) not in seen:
            seen.add((place.function.name, name))
            parts = list(given(name, place.function, place))
        case ast.Subscript(value):
            parts = [(value, place)]
        case ast.IfExp():
            parts = [(node.body, place), (node.orelse, place)]
        case ast.Call(ast.Attribute(value, "without" | "get")):
            parts = [(each, place) for each in (value, *node.args)]
        case ast.Tuple(elts=elements) | ast.Dict(values=elements):
            parts = [(each, place) for each in elements]
        case ast.Call(ast.Name("Sentence")):
            return set(literals(node))
        case _:
            return set()
    return set().union(*(may_be(part, where, seen) for part, where in parts))


@cache
def assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """What is assigned to the names in a function, or iterated."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.For(target=target, iter=value):
                pass
            case ast.comprehension(target=target, iter=value):
                pass
            case _:
                continue
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                found.setdefault(part.id, []).append(value)
    return found


def given(name: str, function: ast.FunctionDef, place: Place) -> Iterator[tuple[ast.expr, Place]]:
    """What a name in a function may be: what is assigned to it, iterated, passed, or its default."""
    yield from ((value, place) for value in assigned(function).get(name, ()))
    names = [parameter.arg for parameter in function.args.args]
    if name in names:
        at = names.index(name)
        passed = (each for each in calls_by_name().get(function.name, ()) if at < len(each[0].args))
        yield from ((call.args[at], where) for call, where in passed)
        defaults = dict(zip(reversed(names), reversed(function.args.defaults), strict=False))
        if name in defaults:
            yield defaults[name], place


def values_of(text: str) -> set[str]:
    return {slot for slot in slots(text) if not is_command(slot)}


def test_each_call_gives_a_sentence_the_values_of_its_slots() -> None:
    said, wrong = set(), []
    for call, place in (each for name, all in calls_by_name().items() if name != "Sentence" for each in all):
        refuses = isinstance(call.func, ast.Name) and call.func.id == "refused"
        texts = {*alternatives(call.args[0], place)} if refuses else may_be(call.func, place, set())
        of_all = set().union(*map(values_of, texts))
        for text in texts:
            said.add(text)
            keywords = {keyword.arg for keyword in call.keywords}
            fits = keywords - {None} <= of_all and (None in keywords or values_of(text) <= keywords)
            if len(call.args) > refuses or not fits:
                wrong.append(f"{place.module}:{call.lineno} {text}")
    assert not wrong
    assert len(said) > 100
    assert set(sentences()) - said == set(), "each of them is said somewhere"


def test_a_sentence_is_one_literal() -> None:
    made = [(place.module, call) for call, place in said_at() if not alternatives(call.args[0], place)]
    assert {module for module, _ in made} == {"texts", "grammar"}, "only lessons read theirs"


def test_a_sentence_reads_well_with_and_without_its_brackets() -> None:
    for text in sentences():
        without, whole = OPTIONAL.sub("", text), OPTIONAL.sub(lambda part: part[1], text)
        for each in (without, whole):
            assert not re.search(
                r"[\[\]]|  [a-z]|\s[.,;:](?!\w)|[.,;:]{2}|^[\s.,;:]|\s$|\(\)",
                re.sub(r"\w\[[\d,]+\]|   |\d\.\.\d", "", each),
            ), each
        assert all(slot.isidentifier() or is_command(slot) for slot in slots(text)), text
        needed = [slot for slot in slots(without) if is_command(slot)]
        if not OF_DIALOGUE.search(sentences().get(text, "")):
            assert all(map(on_screen, needed)), f"what the screen lacks stands in brackets: {text}"
        if not sentences().get(text, "").startswith(SCREEN_ONLY):
            assert all(map(in_dialogue, needed)), f"what the dialogue lacks stands in brackets: {text}"


def test_a_sentence_names_keys_on_the_screen_and_words_in_the_dialogue() -> None:
    values = {text: dict.fromkeys(values_of(text), "0") for text in sentences()}
    speak(in_dialogue)
    for text, path in sentences().items():
        assert path.startswith(SCREEN_ONLY) or not KEY.search(Sentence(text)(**values[text]).replace("→", ""))
    change_keys(UNUSUAL)
    speak(on_screen)
    for text in sentences():
        said = FIXED.sub("", Sentence(text)(**values[text]).replace("→", ""))
        assert not KEY.search(re.sub("[Pp]ress .9", "", said)), text


def texts_of(lesson: Lesson) -> Iterator[str]:
    """All texts of the steps that may name commands, in each language."""
    for step in lesson.steps:
        for key in ("text", "hint", "after", "choices"):
            for texts in getattr(step, key, {}).values():
                yield from (texts,) if isinstance(texts, str) else texts


@pytest.mark.parametrize("name", [*(path.stem for path in SHIPPED.glob("*.toml")), "new-lesson"])
def test_each_text_of_a_lesson_suits_the_screen_and_the_dialogue(name: str, tmp_path: Path) -> None:
    path = SHIPPED / f"{name}.toml"
    if not path.exists():
        path = tmp_path / path.name
        path.write_text(new_lesson(path), "utf-8")
    lesson, facts = read_lesson(path), dict.fromkeys(NUMBERS, 0.5)
    measured = {each.id: each for each in lesson.measured}
    change_keys(UNUSUAL)
    for text in texts_of(lesson):
        assert not problem(text, measured), text
        for part in OPTIONAL.findall(text):
            commands = [slot for slot in slots(part) if is_command(slot)]
            assert all(map(on_screen, commands)) or all(map(in_dialogue, commands)), part
        assert not KEY_OF_LESSON.search(filled(text, facts, measured, in_dialogue)), text
        assert not KEY_OF_LESSON.search(KNOWN.sub("", filled(text, facts, measured, on_screen))), text


def test_no_number_of_a_lesson_is_named_like_a_command() -> None:
    assert not [name for name in NUMBERS if is_command(name)]
    assert not {slot for text in sentences() for slot in values_of(text)} & set(COMMAND)


def texts_in(tree: ast.Module) -> Iterator[str]:
    """All texts but docstrings and those of sentences."""
    others = set(literals(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            others.add(str(node.value.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in others:
            yield node.value


FOLDERS = (
    "session",
    "dialogue",
    "screen/actions",
    "screen/tabs",
    "screen/widgets",
    "screen/overlays",
    "features",
)


def test_no_other_text_names_a_key_that_can_be_changed() -> None:
    texts = [
        text for module in modules() if module.path.startswith(FOLDERS) for text in texts_in(module.tree)
    ]
    key = r"\b(?:[Ss]pace|[Ee]sc|[Pp]ress [a-z]|[Tt]ab) [a-z]"
    in_dialogs = (
        r"esc (?:cancel|close|back|done|goes back|shows all|all pages|starts a new run)|"
        r"space next page|press enter"
    )
    named = [text for text in texts if re.search(key, re.sub(in_dialogs, "", text))]
    assert not named
