"""The part of the app that arranges the panels, and changes what they show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bpengine import DataError
from bptui.screen.tabs.panel_layout import PanelLayout, SavedLayout
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.session import commands
from bptui.session.plane import first_plane, suited
from bpwords import Sentence

_CHOOSE_UNIT = Sentence("Choose a unit in the network first: {focus_next} goes to the next panel.")


class Panels:
    """The panels, whose layout is that of all tabs; what they show is chosen on each tab.

    Args:
        tabs: the tabs.
        path: the file of the layout; None to save nothing.
    """

    def __init__(self, tabs: RunTabs, path: Path | None) -> None:
        self._tabs, self._saved = tabs, SavedLayout(path)
        self._pointing: tuple[PanelLayout, PanelLayout] | None = None  # before a panel was shown, and then

    @property
    def _layout(self) -> PanelLayout:
        return self._tabs.view.panel_layout

    @property
    def _size(self) -> tuple[int, int, bool]:
        return self._tabs.view.room

    @property
    def is_first_time(self) -> bool:
        """Whether no layout has been saved yet where one is to be saved."""
        return self._saved.is_first_time

    def begin(self) -> None:
        """Use the saved layout."""
        layout = self._saved.load()
        for view in self._tabs.views.values():
            view.panel_layout = layout.at_start(*view.app.size)

    def arrange(self, layout: PanelLayout) -> None:
        """Use a layout on all tabs, and save it for the next start."""
        for view in self._tabs.views.values():
            view.panel_layout = layout
        self._saved.save(layout)

    def use_theme(self, name: str) -> None:
        """Use the colors of a theme, now and at the next start."""
        self._tabs.view.app.theme = name
        self.arrange(replace(self._layout, theme=name))

    def reveal(self, name: str) -> None:
        """Focus a panel, and show it if it is out of sight."""
        self.arrange(self._layout.revealing(name))

    def point_at(self, name: str) -> None:
        """Bring a panel into sight until `end_pointing`, without the focus if that is possible."""
        layout = self._layout
        if name in layout.shown(*self._size):
            return
        revealed = layout.revealing(name)
        beside = replace(revealed, focused=layout.focused)
        if name in beside.shown(*self._size):
            revealed = beside
        self._pointing = layout, revealed
        self.arrange(revealed)

    def end_pointing(self) -> None:
        """Arrange the panels as they were before `point_at`, unless the user has changed that."""
        if self._pointing is not None and self._layout == self._pointing[1]:
            self.arrange(self._pointing[0])
        self._pointing = None

    def show_all(self) -> None:
        """Show all panels again."""
        self.arrange(self._layout.showing_all(*self._size))

    def to_settings(self) -> bool:
        """Stop what is in progress, or show the latest epoch; focus the settings; or end what-if.

        Returns:
            Whether any of that was to be done.
        """
        view = self._tabs.view
        if view.leave():
            return True
        before, after = self._layout, self._layout.focusing_first()
        self.arrange(after)
        ends = after == before and view.session.document.what_if
        if ends:
            view.do(commands.toggle_what_if)
        return ends or after != before

    def toggle_metrics(self) -> None:
        """Show the next of the panels that share a place: errors and metrics and, if small, the network."""
        layout = self._layout.taking_turns(*self._size)
        if layout != self._layout:
            self.arrange(layout)
        elif "metrics" in layout.shown(*self._size):
            self._tabs.view.do(commands.say, "There is room for both: errors and metrics are on the screen.")
        else:
            self.reveal("metrics")

    def toggle(self, option: str) -> None:
        """Turn one of the `ViewOptions` of the open tab on or off."""
        view = self._tabs.view
        view.change_options(**{option: not getattr(view.options, option)})

    def toggle_detail(self) -> None:
        """Show the contributions to a fit, or the other picture of classes; in the units, own scales."""
        self.toggle("own_scales" if self._layout.focused == "units" else "detail")

    def toggle_plane(self) -> None:
        """Show the plot over two columns, which the arrow keys then change, or as before."""
        view = self._tabs.view
        dataset = view.session.snapshot().run.dataset
        try:
            first = first_plane(dataset)
        except DataError as error:
            view.do(commands.refuse, str(error))
            return
        self.reveal("plot")
        view.change_options(plane=first if suited(view.options.plane, dataset) is None else None)

    def ask_for_columns(self) -> None:
        """Ask for the two columns of the plot, and for a sample that the others are those of."""
        from bptui.screen.overlays.questions import AskScreen, columns_of

        view = self._tabs.view
        dataset, plane = view.session.snapshot().run.dataset, view.options.plane
        if plane is not None:
            asked = columns_of(dataset, plane, lambda chosen: view.change_options(plane=chosen))
            view.app.push_screen(AskScreen(asked))

    def edit_unit(self, command: str) -> None:
        """Freeze or knock out the chosen unit, or undo that, if the network is in focus.

        Args:
            command: freeze or knock_out.
        """
        view = self._tabs.view
        if self._layout.focused == "network":
            view.do(commands.toggle_edit, command, view.options.unit)
        else:
            view.do(commands.say, _CHOOSE_UNIT())
