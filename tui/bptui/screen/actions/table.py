"""What each command calls on the screen, apart from those of the app itself."""

from __future__ import annotations

from collections.abc import Callable

from bptui.screen.actions.dialogs import Dialogs
from bptui.screen.actions.guide import Guide
from bptui.screen.actions.lessons import Lessons
from bptui.screen.actions.panels import Panels
from bptui.screen.actions.settings import Settings
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.session import commands


def actions_of(
    tabs: RunTabs, panels: Panels, settings: Settings, dialogs: Dialogs, lessons: Lessons, guide: Guide
) -> dict[str, Callable[[], object]]:
    """What each command calls, by its name, in the order of the table of commands; given the app's parts."""
    return {
        "toggle_run": lambda: tabs.view.do(commands.toggle),
        "step_epoch": lambda: tabs.view.do(commands.step_epoch),
        "restart": lambda: tabs.view.do(commands.restart),
        "new_seed": lambda: tabs.view.do(commands.new_seed),
        "rewind": lambda: tabs.view.do(commands.rewind),
        "scrub_back": lambda: tabs.view.scrub(-1),
        "scrub_on": lambda: tabs.view.scrub(1),
        "scrub_far_back": lambda: tabs.view.scrub(-1, far=True),
        "scrub_far_on": lambda: tabs.view.scrub(1, far=True),
        "up": lambda: settings.choose(-1),
        "down": lambda: settings.choose(1),
        "less": lambda: settings.change(-1),
        "more": lambda: settings.change(1),
        "much_less": lambda: settings.change(-1, coarse=True),
        "much_more": lambda: settings.change(1, coarse=True),
        "first": lambda: settings.choose_end(-1),
        "last": lambda: settings.choose_end(1),
        "page_up": lambda: settings.choose_page(-1),
        "page_down": lambda: settings.choose_page(1),
        "edit": settings.edit,
        "undo": lambda: tabs.view.do(commands.undo),
        "redo": lambda: tabs.view.do(commands.redo),
        "faster": lambda: tabs.view.do(commands.change_speed, 1),
        "slower": lambda: tabs.view.do(commands.change_speed, -1),
        "defaults": lambda: tabs.view.do(commands.defaults),
        "toggle_pin": lambda: tabs.view.do(commands.toggle_pin),
        "pins": dialogs.pins,
        "toggle_what_if": lambda: tabs.view.do(commands.toggle_what_if),
        "advise": dialogs.advise,
        "importance": dialogs.importance,
        "calibration": dialogs.calibration,
        "toggle_cloud": lambda: tabs.view.do(commands.toggle_cloud),
        "open_map": dialogs.open_map,
        "surface": dialogs.surface,
        "predict": dialogs.predict,
        "toggle_detail": panels.toggle_detail,
        "plane": panels.toggle_plane,
        "draw": dialogs.draw,
        "open_box": dialogs.open_box,
        "freeze": lambda: panels.edit_unit("freeze"),
        "knock_out": lambda: panels.edit_unit("knock_out"),
        "lessons": lessons.choose,
        "lesson_on": guide.on,
        "lesson_back": guide.back,
        "lesson_hint": guide.hint,
        "lesson_show": guide.show_me,
        "save": dialogs.save,
        "describe": dialogs.describe,
        "focus_next": lambda: panels.arrange(tabs.view.panel_layout.focusing_next(1)),
        "focus_previous": lambda: panels.arrange(tabs.view.panel_layout.focusing_next(-1)),
        "zoom": lambda: panels.arrange(tabs.view.panel_layout.toggling_zoom()),
        "hide_panel": lambda: panels.arrange(tabs.view.panel_layout.hiding_focused()),
        "show_panels": panels.show_all,
        "to_settings": guide.escape,
        "toggle_log": lambda: panels.toggle("log_errors"),
        "toggle_smooth": lambda: panels.toggle("smooth"),
        "toggle_rates": lambda: panels.toggle("rates"),
        "toggle_metrics": panels.toggle_metrics,
        "help": dialogs.help,
    }
