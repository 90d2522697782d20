"""The table [keys]: what it takes, and one clear line for anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpengine import ConfigError
from bptui.commands import COMMANDS
from bptui.settings.reading import read_settings
from bptui.settings.writing import template, written


def keys_in(file: Path, lines: str) -> dict[str, str]:
    file.write_text(f"[keys]\n{lines}", encoding="utf-8")
    return dict(read_settings(file).keys)


def test_keys_are_read_and_written_back(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    lines = 'restart = "s"\nstep_epoch = "r"\nup = ["up", "ctrl+k", "up"]\nhelp = ["?", ";", "é"]\n'
    lines += 'more = "shift+f5"\n'
    keys = keys_in(file, lines)
    assert keys == {
        "restart": "s",
        "step_epoch": "r",  # they change places
        "up": "up,ctrl+k",
        "help": "question_mark,;,é",
        "more": "shift+f5",
    }
    file.write_text(written({}, {}, keys), encoding="utf-8")
    assert read_settings(file).keys == keys


def test_the_template_lists_the_keys_that_there_are(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text(re.sub(r"^#(?=\w)", "", template(), flags=re.MULTILINE), encoding="utf-8")
    assert read_settings(file).keys == {command.name: command.default_keys for command in COMMANDS}


NO_KEYS = (
    *('"f13"', '"nope"', '""', '" "', '"\\u0007"', '"ctrl+R"', '"shift+r"', '"a,b"', "[]", "1", "true"),
    *('"+s"', '"ctrl+"', '"shift+ctrl+up"', '["r", 1]', '["a","b","c","g","y","j"]'),
)
BAD = {
    'restrat = "f5"': "keys: there is no command 'restrat'; did you mean restart?",
    'xyzzy = "f5"': "keys: there is no command 'xyzzy'; bptui config init lists them",
    '"a\\nb" = "f5"': r"keys: there is no command 'a\nb'",
    'restart = "s"': "keys.restart: must be a key of no other command, got 's', a key of step_epoch",
    'restart = "?"': "keys.restart: must be a key of no other command, got '?', a key of help",
    'undo = "f5"\nredo = "f5"': "keys.redo: must be a key of no other command, got 'f5', a key of undo",
    'restart = "ctrl+c"': "keys.restart: must be another key than ctrl+c, which quits",
    'restart = "ctrl+i"': "keys.restart: must be another key than ctrl+i, which is the tab key in a terminal",
    'command_palette = ["f5", "?"]': "keys.command_palette: must be no character, since it also acts where",
    **{f"restart = {value}": "keys.restart: must be a key or a list of up to 5 keys: " for value in NO_KEYS},
}


def test_bad_keys_are_refused_with_their_place(tmp_path: Path) -> None:
    for lines, told in BAD.items():
        with pytest.raises(ConfigError) as caught:
            keys_in(tmp_path / "run.toml", lines)
        line = str(caught.value)
        assert line.startswith(f"{tmp_path / 'run.toml'}: {told}"), lines
        assert "\n" not in line
        assert len(line) < 400


def test_keys_need_a_table_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("keys = 1")
    with pytest.raises(ConfigError, match=r"keys: must be a table, \[keys\], got '1'"):
        read_settings(tmp_path / "run.toml")


def test_the_examples_of_the_reference_are_allowed(tmp_path: Path) -> None:
    examples = re.findall(
        r"`(\w+ = (?:\".+?\"|\[.+?\]))`",
        (Path(__file__).parents[3] / "docs" / "settings.md")
        .read_text(encoding="utf-8")
        .partition("## Keys")[2],
    )
    assert len(examples) == 2
    assert len(keys_in(tmp_path / "keys.toml", "\n".join(examples))) == 2
