"""List the trainings that were started with bpsteer, or steer one of them.

usage: bptui attach [NAME [REQUEST]] [--wait] [--format text|json]

requests:
{requests}

Without a request, a screen opens: its keys are those of the trainer, and q leaves. Without a terminal, the
status is printed. NAME may also be the path of a record.
docs/steering.md shows the lines that a training needs.
Over SSH: ssh -t host bptui attach digits

examples:
  bptui attach                            running, paused, ended and died
  bptui attach digits pause
  bptui attach digits set learning rate 0.01
  bptui attach digits back 400
  bptui attach digits status --format json
  bptui attach digits --wait              before the training begins

Exit status: 0 done, 1 refused, 2 no such run or bad use.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime

from bpengine.numbers import whole_in
from bpsteer.changes import changes_of
from bpsteer.channel import MAX_STEPS, ChannelError
from bpsteer.folders import check_name
from bpsteer.settings import RequestError, Value, value_text
from bptui.cli.file_checks import errors_naming
from bptui.cli.flags import add_flags
from bptui.cli.formats import print_problems, print_rows
from bptui.cli.parsing import BadUseError, Parser, add_choice, add_switch, make_parser
from bptui.cli.screen_flags import check_theme_name
from bptui.commands.matching import meant
from bptui.process.preparation import end_gc_pause
from bptui.process.streams import has_terminal, is_dumb, print_error
from bptui.settings.options import ASCII, THEME
from bptui.steering.client import CONNECT_SECONDS, Client, Reply
from bptui.steering.run_status import SettingStatus, SteerStatus
from bptui.steering.runs import FoundRun, all_runs, find, find_living
from bpwords import either, printable, shown

HEADINGS = ("NAME", "state", "step", "started")
PATIENCE = 10.0
"""The seconds that the training has to take a request."""
WAIT_SECONDS = 0.2
"""The time between two looks for a run that has not begun."""
STEPS_PATIENCE = 1e9
"""The same for steps, which take as long as they take."""
REQUESTS = {
    "status": "print the state, the step, the settings and the metrics",
    "pause": "pause before the next step",
    "run": "continue",
    "step N": "train N steps, then pause; N may be left out for one step",
    "set NAME VALUE": "change a setting before the next step",
    "save": "save the state before the next step",
    "back STEP": "return to the saved state nearest to a step, and pause",
    "stop": "end the loop of the training",
    "schedule": "print the changes so far as Python",
}
"""What can be asked of a run, with its arguments, and what each request does."""
VERBS = tuple(request.partition(" ")[0] for request in REQUESTS)
DONE, REFUSED = 0, 1
"""The exit statuses of a request."""


def parser() -> Parser:
    """Make the parser of `bptui attach`."""
    requests = "\n".join(f"  {request:<16} {does}" for request, does in REQUESTS.items())
    made = make_parser((__doc__ or "").format(requests=requests))
    made.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    add_choice(made, "--format", ("text", "json"), "text or json (default: text)")
    add_switch(made, "--wait", "wait until a training of this name runs")
    group = made.add_argument_group("screen")
    add_flags(group, (THEME, ASCII))
    return made


def run(options: argparse.Namespace) -> int:
    """List the runs, or ask one of them; return the exit status."""
    as_json = options.format == "json"
    if not options.words:
        if options.wait:
            raise BadUseError("argument --wait: needs NAME")
        _list(options.prog, as_json=as_json)
        return DONE
    name, *request = options.words
    try:
        steered = _awaited(options.prog, name) if options.wait else find(name)
    except ValueError as error:
        raise BadUseError(str(error)) from None
    if not request and options.format is None and has_terminal() and not is_dumb():
        return _open_screen(steered, options)
    verb, arguments = (request[0], request[1:]) if request else ("", [])
    if request and verb not in VERBS:
        raise BadUseError(f"request: must be {either(VERBS)}, got {shown(verb)}")
    if arguments and verb not in ("step", "set", "back"):
        raise BadUseError(f"{verb}: takes no arguments, got {shown(' '.join(arguments))}")
    if verb == "schedule":
        _print_schedule(steered, as_json=as_json)
    elif verb in ("", "status"):
        _print_status(steered.status, as_json=as_json)
        if not verb and steered.socket is not None and not as_json:
            print(f"Requests: bptui attach {printable(name)} {' | '.join(REQUESTS)}")
    else:
        return _print_answer(options.prog, _ask(steered, verb, arguments), as_json=as_json)
    return DONE


def _open_screen(found: FoundRun, options: argparse.Namespace) -> int:
    """Open the screen of a run until it is left; return the exit status."""
    if options.theme is not None:
        check_theme_name(options.theme, f"argument {THEME.flag}")
    from bptui.process.streams import needs_ascii
    from bptui.screen.terminal.guard import TerminalGuard
    from bptui.steering.app import SteerApp

    end_gc_pause()
    with TerminalGuard() as guard:
        app = SteerApp(found, guard=guard, ascii=needs_ascii() if options.ascii is None else options.ascii)
        if options.theme is not None:
            app.theme = options.theme
        status = app.run() or app.return_code or 0
        return guard.status or status


def _awaited(prog: str, name: str) -> FoundRun:
    """The run of this name that lives, as soon as there is one.

    Raises:
        ValueError: no run can have the name.
    """
    check_name(name)
    if find_living(name) is None:
        print_error(f"{prog}: waits for a training called {shown(name)} to begin; ctrl+c ends it")
    while (found := find_living(name)) is None or found.status.state == "does not answer":
        time.sleep(WAIT_SECONDS)
    return found


def _list(prog: str, *, as_json: bool) -> None:
    runs, problems = all_runs()
    if as_json:
        print(json.dumps([_as_json(found_run.status) for found_run in runs]))
    else:
        nothing = "No training was started with bpsteer."
        print_rows(HEADINGS, [*map(_row, runs)], right=("step",), nothing=nothing)
    print_problems(prog, problems)


def _row(found: FoundRun) -> tuple[str, ...]:
    started = found.started
    moment = "-" if started is None else f"{datetime.fromtimestamp(started):%Y-%m-%d %H:%M:%S}"
    status = found.status
    return printable(status.name), status.state, str(status.step), moment


def _as_json(status: SteerStatus) -> dict[str, object]:
    return {
        "name": status.name,
        "state": status.state,
        "step": status.step,
        "settings": {setting.name: setting.value for setting in status.settings},
        "metrics": dict(status.metrics),
        "notes": list(status.notes),
    }


def _print_status(status: SteerStatus, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_as_json(status)))
        return
    lines = [status.sentence]
    lines += [
        f"{setting.name}: {value_text(setting.value)} ({setting.allowed})" for setting in status.settings
    ]
    lines += [
        f"{name}: {'not finite' if value is None else f'{value:.6g}'}"
        for name, value in status.metrics.items()
    ]
    if status.states:
        lines.append(f"Saved states: steps {', '.join(str(state.step) for state in status.states)}.")
    if status.waiting:
        lines.append(f"The training has not taken these requests yet: {', '.join(status.waiting)}.")
    lines += [f"Note: {note}." for note in status.notes]
    lines += [f"Problem: {status.problem}."] if status.problem else []
    lines += [f"Record: {status.record}"] if status.record else []
    for line in lines:
        print(printable(line, 1000))


def _print_schedule(found: FoundRun, *, as_json: bool) -> None:
    with errors_naming(found.status.name, ValueError):
        changes = changes_of(_entries(found))
    if as_json:
        rows = [{"step": change.step, "name": change.name, "value": change.new} for change in changes]
        print(json.dumps(rows))
        return
    by_step: dict[int, dict[str, Value | None]] = {}
    for change in changes:
        values = by_step.setdefault(change.step, {})
        values.pop(change.name, None)  # the last change of a step comes last: a setting may set others, too
        values[change.name] = change.new
    print(
        f"# The settings that were changed in the run {printable(found.status.name)}, and before which steps."
    )
    print("SCHEDULE = {")
    for step, values in by_step.items():
        print(f"    {step}: {values!a},")
    print("}")


def _entries(found: FoundRun) -> list[dict[str, object]]:
    """The entries of a run's record; of a run that lives, with those that are not in the file yet.

    Raises:
        ChannelError: the run does not answer, and has no record.
    """
    if found.socket is None or found.entries:
        return list(found.entries)
    with Client(found.socket) as client:
        return client.entries()


def _fields(status: SteerStatus, verb: str, arguments: list[str]) -> dict[str, object]:
    """The fields of a request.

    Raises:
        BadUseError: the arguments make no sense.
        RequestError: they name no setting, or no value that it can have.
    """
    if verb == "set":
        if len(arguments) < 2:
            raise BadUseError("set: needs the name of a setting and a value")
        setting = _setting(status, " ".join(arguments[:-1]))
        try:
            return {"name": setting.name, "value": setting.parsed(arguments[-1])}
        except ValueError as error:
            raise RequestError(f"{setting.name}: {error}") from None
    if verb not in ("step", "back"):
        return {}
    text = " ".join(arguments)
    what, field = ("N", "count") if verb == "step" else ("STEP", "step")
    count = whole_in(text or ("1" if verb == "step" else ""), 0, MAX_STEPS)
    if count is None:
        raise BadUseError(f"{what}: must be a whole number, got {shown(text)}")
    return {field: count}


def _setting(status: SteerStatus, name: str) -> SettingStatus:
    """The setting that a name, a part of one or its initials mean.

    Raises:
        RequestError: they mean none, or several.
    """
    settings = {setting.name: setting for setting in status.settings}
    matches = [name] if name in settings else meant(name, settings)
    if len(matches) == 1:
        return settings[matches[0]]
    if matches:
        names = either([printable(name) for name in matches])
        raise RequestError(f"set: {shown(name)} may be {names}: say more of it")
    names = ", ".join(map(printable, settings)) or "none"
    raise RequestError(f"set: must name one of the settings ({names}), got {shown(name)}")


def _ask(found: FoundRun, verb: str, arguments: list[str]) -> Reply:
    """Ask a run for something.

    Raises:
        BadUseError: the arguments make no sense.
    """
    if found.socket is None:
        reason = f"{found.status.name} {'has ' if found.status.is_over else ''}{found.status.state}"
        return Reply(False, f"{reason}: --wait waits for the next run" if found.status.is_over else reason)
    try:
        fields = _fields(found.status, verb, arguments)
        waited = CONNECT_SECONDS if found.status.state == "does not answer" else 0.0  # for its status
        patience = STEPS_PATIENCE if verb == "step" else PATIENCE - waited
        with Client(found.socket, _say_waiting) as client:
            return client.ask(verb, patience, **fields)
    except RequestError as error:
        return Reply(False, str(error))
    except ChannelError as error:
        return Reply(False, f"{found.status.name} {error}")


def _say_waiting(seconds: int) -> None:
    """Say on a terminal that the request waits, after 1, 2, 4, ... seconds."""
    if sys.stderr.isatty() and seconds.bit_count() == 1:
        print(f"waits for the training, {seconds} s", file=sys.stderr, flush=True)


def _print_answer(prog: str, answer: Reply, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"done": answer.succeeded, "text": answer.text}))
    elif answer.succeeded:
        print(printable(answer.text, 1000))
    else:
        print_error(f"{prog}: {answer.text}")
    return DONE if answer.succeeded else REFUSED
