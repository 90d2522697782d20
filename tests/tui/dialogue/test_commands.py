"""Everything of the screen that makes sense in a dialogue is there, under the word and the key."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from bpengine import FIELDS, Task, TrainingConfig
from bptui.commands import COMMANDS
from bptui.commands.grammar import RefusedError, field_named, words_of
from bptui.dialogue.line_editor import completions
from bptui.dialogue.table import ENTRIES, GROUPS, command_named, entry_of
from tests.tui.support.dialogues import dialogue_of, said

ONLY_ON_SCREEN = {
    "up": "a command names its setting, so none is chosen",
    "down": "the same",
    "first": "the same",
    "last": "the same",
    "page_up": "the same",
    "page_down": "the same",
    "filter": "the same",
    "less": "lower names a setting",
    "much_less": "the same",
    "more": "raise names a setting",
    "much_more": "the same",
    "edit": "set names a setting",
    "lesson_back": "lesson back does it, since back views an earlier epoch",
    "focus_next": "there are no panels",
    "focus_previous": "there are no panels",
    "zoom": "there are no panels",
    "hide_panel": "there are no panels",
    "show_panels": "there are no panels",
    "to_settings": "there are no panels, and ctrl+c stops what trains",
    "faster": "a run trains as fast as it can, and as far as it is told",
    "slower": "the same",
    "draw": "nothing is drawn",
    "toggle_log": "nothing is drawn",
    "command_palette": "a command names what it sets",
    "toggle_smooth": "nothing is drawn",
    "toggle_rates": "nothing is drawn; describe tells the sharpness now",
    "scrub_far_back": "view names an epoch",
    "scrub_far_on": "the same",
}
"""The commands that have no word, and why."""


def test_each_command_of_the_screen_has_a_word_or_a_reason_to_have_none() -> None:
    assert {command.name for command in COMMANDS if not command.word} == ONLY_ON_SCREEN.keys()
    for command in COMMANDS:
        if command.word:
            entry = entry_of(command.word)
            assert entry is not None, "bptui.dialogue.table lists it"
            assert command_named(command.shown) == (entry, ""), command.shown


def test_each_word_is_found_whole_and_begun_and_is_explained() -> None:
    dialogue = dialogue_of()
    assert said(dialogue, "help").splitlines()[1].startswith("training: run, step, restart, ")
    lists = {group: said(dialogue, f"help {group}").splitlines() for group in GROUPS}
    assert max(map(len, lists.values())) <= 11 > len(GROUPS)
    listed = [line for group in lists.values() for line in group]
    words = [word for entry in ENTRIES for word in entry.words]
    assert len(words) == len(set(words))
    for entry in ENTRIES:
        for word in entry.words:
            assert command_named(f"{word.upper()} 3") == (entry, "3")
        help = ENTRIES[entry].help or entry.help
        assert any(line.startswith(entry.word) and line.endswith(help) for line in listed)
        assert help in said(dialogue, f"help {entry.word}")
    assert command_named("desc")[0] is entry_of("describe")
    assert command_named("new")[0] is entry_of("new seed")
    for entry in ENTRIES:
        for word in entry.synonyms:
            found = command_named(f"{word} 3")
            assert found == (entry, "3") or word.split()[0] in words, "a word takes precedence over a synonym"
    assert said(dialogue, "res") == "That is the beginning of restart, resume: say more of it."


def test_a_value_alone_is_set_and_a_question_is_answered_and_changes_nothing() -> None:
    dialogue = dialogue_of()
    for line, begun in {
        "spiral": "The task is classification now. Spiral with settings that suit it",
        "adam": "Optimizer: adam is the current value.",
        "use relu": "Activation from tanh to relu",
        "use lr 0.3": "Learning rate from 0.01 to 0.3",
        "learning rate: 0.2": "Learning rate from 0.3 to 0.2",
        "step size": "Learning rate is 0.2",
        "set step": "Say which setting: data set step or schedule step.",
        "sine": "The task is regression now. ",
    }.items():
        assert said(dialogue, line).startswith(begun), line
    before = dialogue.session.document
    for line, begun in {
        "what is the error": "There is no epoch error yet.",
        "What is momentum?": "Momentum is 0.9, the default.",
        "how does adam work": "The optimizer adam: ",
        "what's relu": "The activation relu: ",
        "what is a neuron": "Hidden units is 3, the default.",
        "how do I restart": "restart: Restart with the same seed",
        "what can I do?": "Say a command or its beginning; ",
        "show weights": "Unit 1 of layer 1: bias ",
        "show me the error": "There is no epoch error yet.",
        "show report every": "Report every is ",
        "how do I load a CSV": "open FILE: Open a checkpoint",
        "why is it so slow": "The error is about",
        "how good is it": "On the training samples",
        "draw": "The run: Regression: ",
    }.items():
        assert said(dialogue, line).startswith(begun), line
    assert dialogue.session.document == before
    assert said(dialogue, "what if").startswith("What if: each change retrains")


def test_every_setting_has_its_names_and_nearly_every_one_a_beginning_of_its_own() -> None:
    shared = Counter(name for field in FIELDS for name in field.synonyms)
    begun = set()
    for field in FIELDS:
        own = [name for name in field.synonyms if shared[name] == 1]
        for name in (field.name, field.flag, field.label, field.label.upper(), *own):
            for text in (f"{name} x", f"{name} to x", f"{name} = x"):
                assert field_named(text) == (field, "x"), text
        for length in range(1, len(field.label)):
            with contextlib.suppress(RefusedError):  # the beginning of several settings
                if field_named(field.label[:length])[0] is field:
                    begun.add(field.name)
    assert len(begun) > 0.8 * len(FIELDS)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_every_setting_is_set_shown_and_undone(task: Task) -> None:
    dialogue = dialogue_of(task)
    others = {
        "function": {"regression": "2*x", "classification": "y > x"}[task],
        "features": ("x", "sin(x)"),
    }
    for number, field in enumerate(FIELDS):
        old = getattr(dialogue.session.config, field.name)
        new = others.get(field.name, field.move(old, 1))
        if new == old:
            new = field.move(old, -1)
        verb, name = (("set", field.label), ("", field.flag), ("change", field.name))[number % 3]
        answer = said(dialogue, f"{verb} {name} {field.format(new)}")
        assert getattr(dialogue.session.config, field.name) == new, (name, answer)
        begins = field.format(new) if field.name == "dataset" else field.label  # with what suits it
        assert answer.startswith(f"{begins[0].upper()}{begins[1:]} "), answer
        assert field.format(new) in said(dialogue, f"show {name}")
        said(dialogue, "undo")
        assert getattr(dialogue.session.config, field.name) == old


def test_more_and_less_step_a_setting() -> None:
    dialogue = dialogue_of()
    for line, rate in (
        ("raise learn", 0.2),
        ("more learning rate a lot", 2),
        ("less --learning-rate far", 0.2),
    ):
        said(dialogue, line)
        assert dialogue.session.config.learning_rate == rate
    assert said(dialogue, "lower learn twice").startswith("What follows the setting must be a lot")


def test_names_of_settings_may_have_spaces_dashes_or_underscores() -> None:
    assert words_of("--Learning_Rate") == words_of("learning  rate") == ("learning", "rate")


def test_completion_of_commands_settings_values_and_files(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    open("my run.bptui", "w").close()  # noqa: PTH123
    dialogue = dialogue_of()
    for begun, whole in {
        "des": ["describe "],
        "describe t": ["describe trend", "describe test"],
        "what": ["what if "],
        "verd": ["verdict"],
        "set lea": ["set learning rate "],
        "set optimizer ad": ["set optimizer adam"],
        "set data set noi": ["set data set noisy-sine"],
        "set seed ": ["set seed 0"],
        "show see": ["show seed"],
        "help describ": ["help describe"],
        "what if o": ["what if on", "what if off"],
        "save com": ["save command line "],
        "save checkpoint m": ["save checkpoint my run.bptui"],
        "open my r": ["open my run.bptui"],
        "open /nonexistent/": [],
        "zzz": [],
        "quit x": [],
    }.items():
        assert completions(dialogue, begun) == whole, begun
    assert len(completions(dialogue, "")) == len(ENTRIES)
    assert len(completions(dialogue, "set ")) == len(FIELDS) + 2, "and set weight, set bias"


def test_the_dialogue_lists_the_settings() -> None:
    dialogue = dialogue_of(seed=7)
    lines = said(dialogue, "show").splitlines()
    assert len(lines) == len(FIELDS)
    assert "seed: 7" in lines
    assert "momentum: 0.9 (not used)" in lines
    config = TrainingConfig.defaults("regression")
    assert said(dialogue, "momentum").endswith(
        "It has no effect with the current values of the other settings."
    )
    assert said(dialogue, "seed").startswith(f"Seed is 7, the default is {config.seed}.")
