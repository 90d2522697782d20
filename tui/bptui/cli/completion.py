"""Print a script by which a shell completes subcommands, flags, their values and files.

usage: bptui completion bash|zsh|fish|tcsh

The script is made from the flags of this version: after an update of bptui, write it again.

examples:
  bptui completion bash > ~/.local/share/bash-completion/completions/bptui
  bptui completion zsh > ~/.zfunc/_bptui
  bptui completion fish > ~/.config/fish/completions/bptui.fish
  bptui completion tcsh > ~/.bptui.tcsh

Create the folders first if they are missing. With the package bash-completion, bash reads that file by
itself; without it, let ~/.bashrc source the file. For zsh, ~/.zshrc needs the line fpath+=(~/.zfunc) above
autoload -U compinit && compinit. For tcsh, ~/.tcshrc needs the line source ~/.bptui.tcsh. Then open a new
shell.

Exit status: 0 done, 2 bad use.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from bpengine import DATASETS, TASKS, ChoiceField, NamesField
from bptui.cli import HELP, screen
from bptui.cli.parsing import Parser, make_parser, one_of
from bptui.cli.subcommands import SUBCOMMANDS
from bptui.cli.which_run import NAMED
from bptui.lessons.library import ORDER
from bptui.settings.options import SETTING, THEME

FILES = ("FILE", "RUN", "ROWS")
"""The placeholders of files."""
LESSON = "ID|FILE"
"""The placeholder of a lesson."""
SHELLS = ("bash", "zsh", "fish", "tcsh")
_FILES_TOO = {
    "bash": "_shtab_bptui_pos_0_COMPGEN=_shtab_compgen_files",
    "zsh": """\
functions[_bptui_words]=$functions[_shtab_bptui_commands]
_shtab_bptui_commands() { _alternative 'words::_bptui_words' 'files:file:_files' }""",
}
"""For shells with functions: complete names of files where a subcommand may stand, too. shtab would not."""


def parser() -> Parser:
    """Make the parser of `bptui completion`."""
    made = make_parser(__doc__)
    made.add_argument("shell", type=one_of(*SHELLS), metavar="|".join(SHELLS), help="the shell")
    return made


def run(options: argparse.Namespace) -> int:
    """Print the script; return the exit status."""
    import shtab

    print(shtab.complete(_whole_parser(), options.shell, preamble=_FILES_TOO.get(options.shell, "")))
    return 0


def _whole_parser() -> Parser:
    """A parser that has each word which may follow `bptui` as a subcommand. It is only for completion."""
    opens = screen.parser()
    opens._actions = [action for action in opens._actions if action.option_strings]  # not what it opens
    whole = Parser(prog="bptui", add_help=False, parents=[opens])
    words = whole.add_subparsers(metavar="WORD")
    for name, module in SUBCOMMANDS.items():
        subcommand = module.parser()
        words.add_parser(name, add_help=False, help=subcommand.description, parents=[subcommand])
    topics = words.add_parser(HELP, add_help=False, help="Show the help of a subcommand.")
    topics.add_argument("topic", choices=tuple(SUBCOMMANDS))
    for task in TASKS:
        words.add_parser(task, add_help=False, help=f"Open the tab of {task}.", parents=[opens])
    for name, data in DATASETS.items():
        words.add_parser(name, add_help=False, help=data.help, parents=[opens])
    _complete_values(whole)
    return whole


def _complete_values(parser: argparse.ArgumentParser) -> None:
    """Say of each argument what completes it: files, folders, or the words that it can be."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subcommand in action.choices.values():
                _complete_values(subcommand)
        elif completer := _completer(action):
            action.complete = completer  # type: ignore[attr-defined]  # shtab reads it
        elif not action.choices:
            action.choices = _words(action)


def _completer(action: argparse.Action) -> str | dict[str, str | dict[str, str]]:
    """What shtab is to complete in place of words; empty for words."""
    if action.metavar == LESSON:
        return _words_or_files("lessons", ORDER)
    if action.metavar == NAMED:
        return _words_or_files("data", (*TASKS, *DATASETS))
    if action.metavar == "DIR":
        return "directory"
    return "file" if action.type is Path or action.metavar in FILES else ""


def _words_or_files(what: str, allowed: Iterable[str]) -> dict[str, str | dict[str, str]]:
    """What completes one of these words, or a file."""
    words = " ".join(allowed)
    name = f"_bptui_{what}_or_files"
    return {
        "bash": name,
        "zsh": name,
        "tcsh": f"({words})",
        "fish": f"({name})",
        "preamble": {
            "bash": f'{name}() {{ compgen -W "{words}" -- "$1"; compgen -f -- "$1"; }}',
            "zsh": f"{name}() {{ _alternative '{what}:{what}:({words})' 'files:file:_files' }}",
            "fish": f"function {name}\nstring split ' ' '{words}'\n__fish_complete_path $argv\nend",
        },
    }


def _words(action: argparse.Action) -> tuple[str, ...]:
    """The words that a value can be: those of its setting, or those that its placeholder lists."""
    setting = SETTING.get(action.dest)
    if isinstance(setting, (ChoiceField, NamesField)):
        return setting.choices
    if setting is THEME:
        from bptui.screen.terminal.themes import THEME_NAMES

        return THEME_NAMES
    placeholder = action.metavar if isinstance(action.metavar, str) else ""
    return tuple(word for word in placeholder.split("|") if word.islower())
