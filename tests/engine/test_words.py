"""Sentences with slots."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bpwords import Sentence, columns, joined, many, speak, use, word
from bpwords.catalogue import catalogue

KEYS = {
    "run": "space",
    "step": "s",
    "less/more": "a/d",
    "press run": "press space",
    "press find": "press /",
    "slower": "",
}


@pytest.fixture(autouse=True)
def front_end() -> Iterator[None]:
    speak(KEYS.__getitem__)
    yield
    speak(str)
    use({})


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Paused. {run} continues, {step} trains one epoch.", "Paused. Space continues, s trains one epoch."),
        ("{step} trains. {less/more} change it: {run}.", "s trains. a/d change it: space."),
        ("Training[, {slower} slows down][, {run} pauses].", "Training, space pauses."),
        ("Training.[ {run} pauses.]", "Training. Space pauses."),
        ("{run} opens others", "space opens others"),
        ("{press find} and type.", "Press / and type."),
        ("{press run} to train [0, 1] and [0, {n}].", "Press space to train [0, 1] and [0, 7]."),
    ],
)
def test_commands_are_named_as_the_front_end_calls_them(template: str, said: str) -> None:
    assert Sentence(template)(n=7) == said


def test_a_bracketed_part_of_a_sentence_is_left_out_where_a_command_has_no_name() -> None:
    sentence = Sentence("Paused[, {run} continues][, {less/more} change it].")
    assert sentence.without("less/more")() == "Paused, space continues."
    assert sentence.without("less/more", "run")() == "Paused."
    assert sentence() == "Paused, space continues, a/d change it."


def test_sentences_are_counted_joined_and_measured() -> None:
    counts = [many(count, "one epoch", "{n} epochs") for count in (1, 2)]
    assert joined("", *counts) == "one epoch 2 epochs"
    assert [columns(text) for text in ("abc", "时代", "e\u0301")] == [3, 4, 1]


CATALOGUE = r"""
msgid ""
msgstr "Language: zh"

#: screen.py
msgid "Paused. {run} "
"continues."
msgstr "已暂停。{run} "
"继续。"

msgctxt "key"
msgid "run"
msgstr "训练"
msgid "{n} epochs"
msgstr "{n} 轮"

#, fuzzy
msgid "Stopped."
msgstr "\"停\""
"""


def test_sentences_and_words_are_said_in_the_language_of_the_catalogue() -> None:
    use(catalogue(CATALOGUE))
    assert joined(Sentence("Paused. {run} continues.")(), many(3, "one epoch", "{n} epochs")) == (
        "已暂停。space 继续。3 轮"
    )
    assert [word("run", "key"), word("run"), word("Stopped.")] == ["训练", "run", "Stopped."]
    with pytest.raises(ValueError, match="line 2: must be a comment"):
        catalogue('msgid "a"\nmsgstr b')
