"""Thirty tables as people have them, each with what is said of it: docs/tables.md lists them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bpengine import ConfigError, DataError
from bptui.cli import train
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import BadUseError

TABLES = Path(__file__).parent / "tables"
PAGE = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
LISTED = re.findall(r"```console\n\$ bptui train (.*)\n((?:.*\n)*?)```\n\n(.*)", PAGE)


def test_every_table_is_listed() -> None:
    assert len(LISTED) == 30
    assert {shlex.split(command)[1] for command, *_ in LISTED} == {path.name for path in TABLES.iterdir()}


@pytest.mark.parametrize(("command", "said", "learned"), LISTED, ids=[command for command, *_ in LISTED])
def test_what_is_said_of_a_table_is_what_the_page_says(
    command: str, said: str, learned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TABLES)
    task, name, *flags = shlex.split(command)
    options = train.parser().parse([task, "--data", name, "--test-share", "0.25", *flags])
    try:
        lines = read_inputs(options, otherwise="regression").notes
    except (BadUseError, ConfigError, DataError) as error:
        lines = (str(error).removeprefix("argument --data: "),)
        assert learned == "Refused."
    assert [line.removeprefix(f"{name}: ") for line in lines] == said.splitlines()
