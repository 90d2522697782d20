"""What opens over a tab: the help, the run in words, a unit, the box, the pins and the map.

The modules of the screens are imported when they are opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpengine import FIELDS
from bptui.commands import COMMANDS
from bptui.session import commands
from bptui.session.snapshot import Stage
from bpwords import Sentence, word

if TYPE_CHECKING:
    from bptui.experiments.runner import WorkLimits
    from bptui.screen.overlays.dialog import RunDialog
    from bptui.screen.tabs.run_tabs import RunTabs
    from bptui.screen.tabs.run_view import RunView
    from bptui.session.units import Link
    from bptui.session.worked_step.prediction import Score


def help(view: RunView) -> None:
    """Show the help."""
    from bptui.screen.overlays.help import HelpScreen
    from bptui.screen.overlays.help_pages import PAGES, sections

    allowed = [command for command in COMMANDS if view.app.check_action("do", (command.name,))]
    fields = map(view.session.told, FIELDS)
    pages = [*sections(view.help(), view.session.config.task, allowed, fields)]
    view.app.push_screen(HelpScreen(pages, PAGES))


def describe(view: RunView) -> None:
    """Describe the run in words."""
    from bptui.experiments.beside import AT_ONCE
    from bptui.screen.overlays.reading import WordsScreen
    from bptui.session.description import sections
    from bptui.session.description.fooling import told
    from bptui.session.pad import Pad

    view.do(commands.say, "")  # the answer to an earlier key is nothing about the run
    snapshot = view.session.snapshot(measures=AT_ONCE)
    found = sections(view.with_fitting_advice(snapshot), view.options.plane)
    texts = [(section.heading, section.text) for section in found]
    if view.session.dataset.picture is not None and snapshot.status.stage is not Stage.DIVERGED:
        pad = Pad(lambda: view.session.trainer)
        pad.take(view.chosen_sample or 0)
        texts.insert(-1, (word("A sample", "section"), "\n".join(told(pad))))
    view.app.push_screen(WordsScreen(*texts))


def unit(view: RunView) -> None:
    """Show the details of the unit that is chosen in the network, and keep them up to date."""
    from bptui.screen.overlays.unit import UnitScreen

    if view.snapshot is not None:
        push(UnitScreen(view.options.unit, view.snapshot), view)


def box(view: RunView, score: Score, weight: Link | None = None) -> None:
    """Pause, and show the next step of the run number by number, or one with the picture that is chosen.

    Args:
        view: the open tab.
        score: the guesses that were made before.
        weight: the weight whose chain of derivatives is shown first; None for the start of the step.
    """
    from bptui.screen.overlays.box import BoxScreen
    from bptui.screen.tabs.step_effect import effect_figure

    if any(isinstance(screen, BoxScreen) for screen in view.app.screen_stack):  # called from its palette
        return
    sample = view.chosen_sample if weight is None and view.panel_layout.focused == "plot" else None
    shows = lambda: view.session, view.frames.show_now, effect_figure
    push(BoxScreen(*shows, score, weight, sample), view)


def pins(view: RunView) -> None:
    """List the pinned runs, and keep the list up to date."""
    from bptui.screen.overlays.reading import PinsScreen

    snapshot = view.session.snapshot()
    if snapshot.comparison.reference is None:
        view.do(commands.say, Sentence("No run is pinned yet: {toggle_pin} pins this one.")())
        return
    push(PinsScreen(snapshot, lambda letter: view.do(commands.unpin, letter)), view)


def map_of_settings(tabs: RunTabs, limits: WorkLimits) -> None:
    """Pause, open the map, and then open the run that was chosen there."""
    from bptui.screen.overlays.map import MapScreen, Opened
    from bptui.screen.tabs.panels import fits_figure

    view = tabs.view
    if any(isinstance(screen, MapScreen) for screen in view.app.screen_stack):  # called from its palette
        return

    def take(opened: Opened | None) -> None:
        if opened is not None:
            view.do(commands.open_map_run, opened.values, opened.what)
        if view is tabs.view:  # the palette can have opened the other tab
            view.open()

    view.close()
    view.app.push_screen(MapScreen(*view.session.map_base(limits), fits_figure), take)


def push(screen: RunDialog, view: RunView) -> None:
    """Open a screen that follows the run of a tab."""
    view.app.push_screen(screen)
    screen.watch(view, "snapshot", screen.show, init=False)
