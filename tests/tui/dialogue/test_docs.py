"""docs/plain.md shows what the dialogue answers."""

from __future__ import annotations

import re
from pathlib import Path

from bptui.commands.grammar import begins_with_setting
from bptui.dialogue.table import command_named
from tests.tui.support.dialogues import dialogue_of, said

PAGE = (Path(__file__).parents[3] / "docs" / "plain.md").read_text(encoding="utf-8")
PROMPT = "bptui> "


def test_the_dialogue_of_the_page_is_what_is_said() -> None:
    dialogue = dialogue_of()
    blocks = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 9
    for block in blocks:
        commands = [line.removeprefix(PROMPT) for line in block.splitlines() if line.startswith(PROMPT)]
        expected = "".join(f"{PROMPT}{command}\n{said(dialogue, command)}\n" for command in commands)
        assert block == expected


def test_the_page_names_only_commands_and_settings_that_exist() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    spans = [span for span in re.findall(r"`([^`]+)`", prose) if not span.startswith(("bptui", "--"))]
    assert len(spans) > 15
    for span in spans:
        assert begins_with_setting(span) or command_named(span)[0] is not None, span
