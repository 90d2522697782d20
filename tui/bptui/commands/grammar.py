"""The grammar of commands in words: the names of commands, settings and units, and how much to train.

The dialogue reads its lines with it, and the screen the solutions of lessons. Things are found by their whole
names or by unambiguous beginnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from bpengine import FIELD, FIELDS, ChoiceField, Field, NamesField
from bpengine.numbers import whole_in, whole_range
from bptui.commands.naming import spoken
from bptui.commands.table import SPOKEN
from bpwords import Sentence, did_you_mean, either, must_be, shown, word

Named = TypeVar("Named")

MAX_WORDS = 4
"""The most words of a name."""

CHANGES = {command.name: command.words for command in SPOKEN if command.name in ("set", "raise", "lower")}
"""The words of the commands that name a setting and change it; the screen has keys for a chosen one."""

_MOST = 999_999_999
_TO = re.compile(r"(?:to|until)\s+", re.IGNORECASE)
_EPOCH = re.compile(r"(?:epoch\s+)?([0-9]{1,9})", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|another|the)\s+", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:units?|neurons?)\b\s*|(?=\d+,\d)", re.IGNORECASE)
_FAR = re.compile(r"a lot|far|by a large step", re.IGNORECASE)
_STEPS = {"epochs": "epoch", "samples": "sample"}
_UNIT = re.compile(
    r"layer (?P<only>\d{1,4})|(?:unit )?(?P<unit>\d{1,4})(?: (?:of )?(?:layer )?(?P<layer>\d{1,4}))?"
    r"|output(?: (?P<output>\d{1,4}))?"
)


class RefusedError(Exception):
    """A command can't be executed. The message says what is allowed, in a sentence without a period."""


def refused(text: str, /, **values: object) -> RefusedError:
    """The refusal that a text with slots says; see `bpwords.Sentence`."""
    return RefusedError(Sentence(text)(**values))


def must(what: str, allowed: str, text: object) -> RefusedError:
    """The refusal of a text: `what` it stands for must be what is allowed."""
    return RefusedError(Sentence("{what} {problem}")(what=what, problem=must_be(allowed, spoken(f"{text}"))))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name: LEARNING_RATE, --learning-rate and "learning rate" have the same words."""
    return tuple(re.split(r"[\s_-]+", text.casefold().strip(" -_")))


def named(
    text: str, things: Mapping[Named, Iterable[str]], synonyms: Mapping[Named, Iterable[str]] | None = None
) -> tuple[list[Named], str]:
    """The things that the beginning of a text names, and the rest of the text.

    As many words as possible are taken as the name. Each of them may be the beginning of a word. A whole name
    takes precedence over the beginning of another name.

    Args:
        text: a name and what follows it.
        things: the names of each thing.
        synonyms: other names of each thing, which are taken only as a whole.
    """
    others = synonyms or {}
    matches = list(re.finditer(r"[^\s=]+", text))
    for count in range(len(matches), 0, -1):
        end = matches[count - 1].end()
        words = words_of(text[:end])
        rest = text[end:].lstrip(" \t=")
        called = _called(words, things) or _called(words, others)
        called = called or [
            thing for thing, names in things.items() if any(_begins(words, words_of(name)) for name in names)
        ]
        if called and words != ("",):
            return called, rest
    return [], text


def _called(words: tuple[str, ...], things: Mapping[Named, Iterable[str]]) -> list[Named]:
    return [thing for thing, names in things.items() if any(words_of(name) == words for name in names)]


def _begins(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return len(words) <= len(name) and all(
        whole.startswith(beginning) for beginning, whole in zip(words, name, strict=False)
    )


_COLON = re.compile(r"(?<!\d):(?=[^\\/])")
"""A colon between a name and a value: not one in a range of numbers, nor after the letter of a drive."""
_FIELDS = {field.name: (field.name, field.label, field.flag) for field in FIELDS}
_SYNONYMS = {field.name: field.synonyms for field in FIELDS}


def begins_with_setting(text: str) -> bool:
    """Whether a text begins with the whole name of a setting."""
    words = words_of(text.replace("=", " "))
    names = (words_of(name) for field in FIELDS for name in (*_FIELDS[field.name], *field.synonyms))
    return any(words[: len(name)] == name for name in names)


def field_named(text: str) -> tuple[Field, str]:
    """The setting that the beginning of a text names, and the rest: its value without "to" or "=".

    Numbers with commas, such as 8,8, can only be hidden units.

    Raises:
        RefusedError: no setting or more than one has that name.
    """
    if article := _ARTICLE.match(text):
        text = text[article.end() :]
    text = _COLON.sub(" ", text, count=1)
    hidden = _HIDDEN.match(text)
    found, rest = named(f"hidden units {text[hidden.end() :]}" if hidden else text, _FIELDS, _SYNONYMS)
    if not found:
        if meant := meaning(text, {field.said: field.names for field in FIELDS}):
            raise RefusedError(Sentence("no setting is called {text}")(text=shown(text)) + meant)
        raise refused("no setting is called {text}[; {show} lists the settings]", text=shown(text))
    labels = [FIELD[name].said for name in found]
    if len(labels) > 1:
        raise refused("that is the beginning of {names}: say more of it", names=either(labels))
    return FIELD[found[0]], re.sub(r"^to\s+", "", rest)


def change_named(text: str) -> tuple[Field, str]:
    """The setting to change, and the text of its value.

    Raises:
        RefusedError: no setting is named, or its value is missing.
    """
    if not text:
        raise refused("say which setting and its value[, such as {set:learning rate 0.3}]")
    try:
        field, value = field_named(text)
    except RefusedError:
        if (found := value_named(text)) is None:
            raise
        return found
    if not value:
        raise refused(
            "{name}: a value is missing; it must be {allowed}", name=field.said, allowed=field.allowed
        )
    return field, value


def value_named(text: str) -> tuple[ChoiceField | NamesField, str] | None:
    """The setting that has a value of this name, such as spiral or leaky relu, and the value; None for none.

    Raises:
        RefusedError: several settings have it.
    """
    words = words_of(text)
    choices = [
        (field, name)
        for field in FIELDS
        if isinstance(field, ChoiceField | NamesField)
        for name in field.choices
        if any(words_of(other) == words for other in (name, *field.other_names.get(name, ())))
    ]
    if len(choices) > 1:
        settings = either([f"{field.said} {name}" for field, name in choices])
        raise refused("say which setting: {settings}", settings=settings)
    return choices[0] if choices else None


def move_named(text: str) -> tuple[Field, bool]:
    """The setting to raise or lower, and whether by a large step.

    Raises:
        RefusedError: no setting is named, or what follows it has no meaning.
    """
    if not text:
        raise refused("say which setting, such as learning rate")
    field, rest = field_named(text)
    if rest and not _FAR.fullmatch(rest):
        raise must(word("what follows the setting"), spoken("a lot"), rest)
    return field, bool(rest)


def meaning(text: str, names: Mapping[str, Iterable[str]]) -> str:
    """What the first words of a text may have meant, as the end of a message; empty if nothing is similar.

    Args:
        text: what was said.
        names: what can be said, each with its synonyms.
    """
    space, words = (" ", text.split()) if text.isascii() else ("", [*text])  # Chinese has no spaces
    counts = range(min(len(words), MAX_WORDS), 0 if space else 1, -1)
    return next(filter(None, (did_you_mean(space.join(words[:count]), names) for count in counts)), "")


def choice_of(text: str, choices: Iterable[str], what: str) -> str:
    """The choice whose name is or begins with the text.

    Raises:
        RefusedError: no choice matches, or several do; the message says what `what` must be.
    """
    names = {choice: (choice,) for choice in choices}
    found, rest = named(text, names)
    if len(found) != 1 or rest:
        said = list(map(spoken, names))
        raise RefusedError(f"{must(what, either(said), text)}{did_you_mean(text, said)}")
    return found[0]


def count_of(text: str, what: str, otherwise: int) -> int:
    """The whole number from 1 that the text spells, or `otherwise` for an empty text.

    Raises:
        RefusedError: the text is not such a number.
    """
    if not text:
        return otherwise
    count = whole_in(text, 1, _MOST)
    if count is None:
        raise must(what, whole_range(1, _MOST), text)
    return count


def epoch_named(text: str) -> int | None:
    """The number of the epoch that a text names, such as 200 or epoch 200; None if it names none."""
    match = _EPOCH.fullmatch(text)
    return None if match is None else int(match[1])


class Amount(NamedTuple):
    """How much to train: to the end if nothing is given."""

    to: int | None = None
    """The last epoch."""
    epochs: int | None = None
    samples: int | None = None

    def epochs_from(self, done: int, total: int) -> int:
        """How many epochs are to be trained; 0 or less if the run is past the last one.

        Args:
            done: the completed epochs.
            total: the epochs of the whole run.
        """
        if self.to is not None:
            return self.to + 1 - done
        return total - done if self.epochs is None else self.epochs


def amount_to_run(text: str) -> Amount:
    """How much to train after the word run: to an epoch, a number of epochs, or to the end.

    Raises:
        RefusedError: the text is none of these.
    """
    if target := _TO.match(text):
        epoch = epoch_named(text[target.end() :])
        if epoch is None:
            raise must(word("the epoch to run to"), whole_range(0, _MOST), text[target.end() :])
        return Amount(to=epoch)
    number_of_epochs = re.sub(r"\s*epochs?$", "", text, flags=re.IGNORECASE)
    return Amount(epochs=count_of(number_of_epochs, word("the epochs to run"), 0) or None)


def amount_to_step(text: str) -> Amount:
    """How much to train after the word step: a number of epochs or samples, or one.

    Raises:
        RefusedError: the text is none of these.
    """
    count, _, unit = text.rpartition(" ")
    if text.isdecimal():
        count, unit = text, ""
    kind = _STEPS[choice_of(unit, _STEPS, word("what to step by"))] if unit else "epoch"
    steps = count_of(count.strip(), word("the number of steps"), 1)
    return Amount(epochs=steps) if kind == "epoch" else Amount(samples=steps)


class NamedUnit(NamedTuple):
    """A unit or a layer by its numbers, which count from 1."""

    layer: int | None
    """None for the layer of the outputs."""
    unit: int | None
    """None for all units of the layer."""


def unit_named(text: str) -> NamedUnit:
    """The unit or the layer that a text names, such as 2, unit 1 of layer 2, output 1 or layer 2.

    Raises:
        RefusedError: it names none.
    """
    match = _UNIT.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        raise must(word("a unit"), word("named by numbers, such as 2 or 1 of layer 2, or output 1"), text)
    if match["only"]:
        return NamedUnit(int(match["only"]), None)
    if match["unit"]:
        return NamedUnit(int(match["layer"] or 1), int(match["unit"]))
    return NamedUnit(None, int(match["output"] or 1))
