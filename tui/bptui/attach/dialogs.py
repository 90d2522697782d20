"""What opens over the panels of a run that is steered, and what becomes of the answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.text import Text

from bpengine import ChoiceField
from bpengine.files import write_whole
from bpengine.wording import number, printable
from bptui.attach.commands import COMMANDS, TOPICS, key
from bptui.attach.curves import cursor_at
from bptui.attach.fields import field_of, value_of
from bptui.attach.sentences import described
from bptui.attach.steering import Picture, Steering
from bptui.attach.view import SteerView
from bptui.drawing.signs import Sign, signs_of
from bptui.drawing.timeline import SIGNS
from bptui.screens.finding import Entry
from bptui.screens.help import HelpScreen
from bptui.screens.help_pages import START, Line, Section, key_section
from bptui.screens.question import Question
from bptui.screens.reading import WordsScreen
from bptui.screens.save import SaveScreen
from bptui.screens.value import ChoiceScreen, ValueScreen
from bptui.session.saving import Saving
from bptui.session.snapshot import MarkKind
from bptui.steer.schedule import changes_of, read_record
from bptui.steer.settings import in_words
from bptui.terminal.textual_internals import screen_strips
