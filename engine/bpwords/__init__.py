"""Sentences with slots, which name commands and not keys: each front end says what it calls them.

    _STOPPED = Sentence("{what} was stopped. {toggle_run} continues[, {slower} slows down].")
    _STOPPED(what="The step")  # The step was stopped. Space continues, - slows down.

Both are said in another language if `use` was called with a catalogue of translations; see
`bpwords.catalogue`. Values and names of users become part of a sentence by `shown` and `printable`, on one
line whatever they hold. This package needs the standard library only, since the screen says its first
sentences before the engine is loaded.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

_Texts = TypeVar("_Texts")
Naming = Callable[[str], str]
"""What a front end calls the command that a slot names, or several, as in "less/more"; an empty text if it
lacks the command."""

_SLOT = re.compile(r"\{([^{}]+)\}")
_GAP = r"[ \0]*\0[ \0]*"
_EDGE = re.compile(
    rf"(?<=[\u3000-\u9fff\uff00-\uffef”]){_GAP}(?=[\u3000-\u9fff\uff00-\uffef“])"
    rf"|(?P<space>(?<=[a-zA-Z0-9%]){_GAP}(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]){_GAP}(?=[a-zA-Z0-9]))|\0"
)
"""The edge of a value: no space is between Chinese signs, and one between such a letter and a Latin name."""
OPTIONAL = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")
"""A part in square brackets that can be left out, if it names commands."""
_BEGINNING = re.compile(r"(?:^|[.?!] )$")
"""What precedes the beginning of a sentence."""
_WORD = re.compile(r"[a-z][a-z0-9][^/ ]*(?: .*)?")
"""A name that gets a capital letter: space or press /, but not r or a/d, which would be other keys."""

NARROW = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {ord("。"): ".", ord("、"): ",", 0x3000: " "}
"""For `str.translate`: the signs of ASCII in place of full-width ones, which Chinese input methods send."""

MAX_VALUE_LENGTH = 40
"""The most characters of a refused value in a message."""
_MAX_PATH_LENGTH = 80
Names = Mapping[str, Iterable[str]] | Iterable[str]
"""Names that are allowed, each with its synonyms if there are any."""
SIMILAR = 0.7
"""How similar two names are, from 0 to 1, of which one may be a misspelling of the other."""

_naming: Naming = str
_catalogue: Mapping[str, str] = {}


def speak(naming: Naming) -> None:
    """Call commands in all sentences from now on as this front end does. Call this once, at the start."""
    global _naming  # noqa: PLW0603  a process has one front end
    _naming = naming


def use(catalogue: Mapping[str, str]) -> None:
    """Say sentences and words by their translations from now on; what has none is said in English.

    Args:
        catalogue: the translations, by the English texts; see `key`. An empty one stands for English.
    """
    global _catalogue  # noqa: PLW0603  a process speaks one language
    _catalogue = catalogue


@contextmanager
def in_english(*, unless: bool = False) -> Iterator[None]:
    """Say everything within in English, for programs, unless it is for people."""
    catalogue = _catalogue
    if not unless:
        use({})
    try:
        yield
    finally:
        use(catalogue)


def key(text: str, context: str = "") -> str:
    """What a catalogue has a translation under: the English text, with its context if it has one."""
    return f"{context}\4{text}" if context else text


def word(text: str, context: str = "") -> str:
    """A text without slots, such as a label, in the language of the catalogue.

    Args:
        text: the English text.
        context: what tells it apart from an equal text: "run" may be what a key does, or a thing.
    """
    return _catalogue.get(key(text, context), text) if _catalogue else text


def in_context(context: str) -> dict[str, str]:
    """What the catalogue has in a context: the translations by the English texts."""
    start = key("", context)
    return {text.removeprefix(start): said for text, said in _catalogue.items() if text.startswith(start)}


def translatable(texts: _Texts, context: str = "") -> _Texts:  # noqa: ARG001  those who look for texts read it
    """Mark a text, or all texts in a tuple or dict, as one that `word` says elsewhere, like N_ of gettext.

    Args:
        texts: what is marked.
        context: the context in which it is said; see `word`.

    Returns:
        The same, in English.
    """
    return texts


def names_in_language(name: str, label: str, context: str) -> tuple[str, ...]:
    """The translation of a label, and the words by which people look for the thing; nothing in English.

    Args:
        name: the name of the thing, under which a catalogue has these words in the context "synonyms",
            separated by commas. For Chinese, they have the pinyin as well.
        label: the label.
        context: the context of the label.
    """
    if not _catalogue:
        return ()
    words = _catalogue.get(key(name, "synonyms"), "")
    return (word(label, context), *filter(None, words.split(", ")))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or several with slots: call it with the values of the slots to say it.

    A slot without a value names a command. A part in square brackets that names commands is left out where
    the front end lacks one of them; other brackets are text. Where a sentence with a period begins, the
    name of a command gets a capital letter. A sentence is not a text, so that mypy reports one that was not
    called.
    """

    template: str
    left_out: frozenset[str] = frozenset()
    """The commands that are not to be named."""
    naming: Naming | None = None
    """What commands are called; None for what `speak` has said last."""
    context: str = ""
    """What tells the template apart from an equal text; see `word`."""

    def __call__(self, **values: object) -> str:
        """The sentence as the front end says it, with these values in its slots."""

        def named(slot: str) -> str:
            return "" if slot in self.left_out else (self.naming or _naming)(slot)

        def kept(part: re.Match[str]) -> str:
            commands = [slot for slot in slots(part[1]) if slot not in values]
            if not commands:
                return part[0]
            return part[1] if all(map(named, commands)) else ""

        def filled(slot: re.Match[str]) -> str:
            if slot[1] in values:
                return f"{edge}{values[slot[1]]}{edge}"
            name = named(slot[1])
            begins = is_whole and _BEGINNING.search(slot.string[: slot.start()]) and _WORD.fullmatch(name)
            return f"{edge}{name[0].upper() + name[1:] if begins else name}{edge}"

        template = OPTIONAL.sub(kept, word(self.template, self.context))
        is_whole, edge = template.endswith((".", "?", "!")), "" if template.isascii() else "\0"
        return spaced(_SLOT.sub(filled, template))

    def without(self, *commands: str) -> Sentence:
        """The same sentence without its parts in brackets that name one of these slots."""
        return replace(self, left_out=self.left_out.union(commands))


def spaced(text: str) -> str:
    """A text with spaces where two parts meet that want one: between Chinese and a Latin name or a number.

    Args:
        text: the text, with a zero byte between its parts.
    """
    return _EDGE.sub(lambda gap: " " if gap["space"] else "", text)


def slots(text: str) -> list[str]:
    """The slots of a text, in their order."""
    return _SLOT.findall(text)


def many(count: int, one: str, several: str, **values: object) -> str:
    """What is said of one or of several things, such as many(2, "{n} epoch", "{n} epochs").

    A value for n is how the count is written, if that is not as it stands.
    """
    return Sentence(one if count == 1 else several)(**{"n": count, **values})


def columns(text: str) -> int:
    """The columns of a terminal that a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def capitalized(text: str) -> str:
    """The text with a capital first letter.

    A symbol such as w1, the name of a file, and a Chinese sentence that begins with a name stay as they are.
    """
    keeps = re.match(r".\d|\S+\.\w+[:,]", text) or re.search("[\u3000-\u303f\uff00-\uffef]", text)
    return text if keeps else text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """The text with a capital letter and a period."""
    text = capitalized(text)
    return text if text.endswith(tuple(".?!。？！")) else Sentence("{text}.")(text=text)


def headed(name: object, text: object) -> str:
    """A text after the name of what it is about, with a colon between them."""
    return Sentence("{name}: {text}")(name=name, text=text)


def joined(*sentences: str) -> str:
    """The sentences one after the other; empty ones are left out. No space follows a Chinese period."""
    text = ""
    for sentence in filter(None, sentences):
        text += f" {sentence}" if text and text[-1] not in "。！？；" else sentence
    return text


def must_be(allowed: str, value: object) -> str:
    """Why a value is refused: the allowed values, and the value that was given."""
    return Sentence("must be {allowed}, got {value}")(allowed=allowed, value=shown(value))


def must_be_one_of(names: Sequence[str], text: str) -> str:
    """Why a text is refused that is none of the names, and which of them it may have meant."""
    return must_be(either(names), text) + did_you_mean(text, names)


def there_is_no(what: str, name: str, names: Names) -> str:
    """Why a name is refused that nothing of a kind has."""
    none = Sentence("there is no {what} {name}")(what=word(what), name=shown(name))
    return none + did_you_mean(name, names)


def shown(value: object, max_length: int = MAX_VALUE_LENGTH) -> str:
    """The value as a message shows it: in quotes, on one line, cut short."""
    if isinstance(value, int) and value.bit_length() > 128:
        return "a huge number"  # Python refuses to print thousands of digits
    if isinstance(value, (tuple, list)):
        texts = (part if isinstance(part, str) else shown(part).strip("'") for part in value[:9])
        value = ",".join(texts)
    return repr(str(value)[:max_length])


def did_you_mean(text: str, names: Names) -> str:
    """The end of a message that refuses a text: what it may have meant; empty if no name is similar.

    Args:
        text: the text that was refused.
        names: the names that are allowed.
    """
    from difflib import get_close_matches  # noqa: PLC0415  only refusals need it

    synonyms = names if isinstance(names, Mapping) else dict.fromkeys(names, ())
    spelled = {
        spelling.casefold().lstrip("-"): name
        for name, others in synonyms.items()
        for spelling in (*others, name)
    }
    similar = SIMILAR if text.isascii() else 0.5  # of two Chinese letters, one may be wrong
    close = get_close_matches(text[:MAX_VALUE_LENGTH].casefold().lstrip("-"), spelled, 1, similar)
    if not close:
        return ""
    return word("; ", "list") + Sentence("did you mean {name}?")(name=spelled[close[0]])


def escaped(text: str) -> str:
    """The text with every unprintable character escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def printable(text: str, max_length: int = 40) -> str:
    """The text with every unprintable character escaped, cut to `max_length` characters."""
    whole = escaped(text[: max_length + 1])
    return whole if len(whole) <= max_length else whole[: max_length - 1] + "…"


def name_list(names: Sequence[str]) -> str:
    """Up to eight names, and how many more there are."""
    first = word(", ", "list").join(printable(name, 20) for name in names[:8])
    return first if len(names) <= 8 else Sentence("{names} and {n} more")(names=first, n=len(names) - 8)


def listed(parts: Sequence[str], between: str = "and") -> str:
    """The parts as a list in a sentence: a, b and c."""
    first = word(", ", "list").join(parts[:-1])
    last = f"\0{word(f' {between} ', 'list')}\0"
    return spaced(last.join(filter(None, (first, *parts[-1:]))))


def either(names: Sequence[str]) -> str:
    """The names as alternatives: a, b or c."""
    return listed(names, "or")


def printable_path(path: str | os.PathLike[str]) -> str:
    """A file's name; of a long name only the end, which says more than the beginning."""
    name = os.fspath(path) or "."
    end = escaped(name[-_MAX_PATH_LENGTH - 1 :])
    return end if len(end) <= _MAX_PATH_LENGTH else "…" + end[1 - _MAX_PATH_LENGTH :]
