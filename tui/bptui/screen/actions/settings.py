"""The part of the app that chooses settings, and changes their values."""

from __future__ import annotations

from bpengine import FIELDS, ChoiceField, Field, NamesField
from bptui.process.restrictions import Restrictions
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.tabs.run_view import RunView
from bptui.session import commands
from bptui.settings.options import FEATURES


class Settings:
    """The settings of the open tab. Those that are hidden never change by a key.

    Args:
        tabs: the tabs.
        restrictions: the limits.
    """

    def __init__(self, tabs: RunTabs, restrictions: Restrictions) -> None:
        self._tabs, self._restrictions = tabs, restrictions

    def choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) setting, and show its help."""
        view = self._tabs.view
        if view.settings_in_sight():
            view.choose_setting(view.options.setting + direction)

    def choose_end(self, direction: int) -> None:
        """Choose the last (1) or first (-1) setting, and show its help."""
        view = self._tabs.view
        if view.settings_in_sight():
            view.choose_setting(-1 if direction > 0 else 0)

    def choose_page(self, direction: int) -> None:
        """Choose the setting a page down (1) or up (-1), and show its help."""
        view = self._tabs.view
        if view.settings_in_sight():
            view.choose_page(direction)

    def change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen setting by a step."""
        view = self._tabs.view
        field = view.field
        if view.settings_in_sight():
            value = field.move(getattr(view.session.config, field.name), direction, coarse=coarse)
            self.set(view, field, value)

    def edit(self) -> None:
        """Ask for a value of the chosen setting."""
        view = self._tabs.view
        if view.settings_in_sight():
            self._ask(view.field)

    def set(self, view: RunView, field: Field, value: object) -> None:
        """Change a setting of a tab, within the limits; the other tab may be open by now."""
        refusal = self._restrictions.refusal_of_change(view.session.config, field.name, value)
        if refusal:
            view.do(commands.refuse, refusal)
        else:
            view.do(commands.change, field, value)

    def choose_and_set(self, field: Field, value: object) -> None:
        """Choose a setting, and change it."""
        self._tabs.view.choose_setting(FIELDS.index(field))
        self.set(self._tabs.view, field, value)

    def choose_and_edit(self, field: Field) -> None:
        """Choose a setting, and ask for its value."""
        self._tabs.view.choose_setting(FIELDS.index(field))
        self._ask(field)

    def _ask(self, field: Field) -> None:
        """Ask for a value of a setting: from a list of names, or typed."""
        view = self._tabs.view
        if isinstance(field, (ChoiceField, NamesField)):
            self._ask_for_name(field, view)
        elif field is FEATURES:
            self._ask_for_features(view)
        else:
            self._ask_for_value(field, view)

    def _ask_for_features(self, view: RunView) -> None:
        from bptui.commands.grammar import RefusedError
        from bptui.screen.overlays.questions import AskScreen, features_of

        def use(features: tuple[str, ...]) -> None:
            self.set(view, FEATURES, features)
            if view.session.config.features != features:
                raise RefusedError(view.session.notice)

        dataset = view.session.snapshot().run.dataset
        view.app.push_screen(AskScreen(features_of(dataset, view.session.config.features, use)))

    def _ask_for_value(self, field: Field, view: RunView) -> None:
        from bptui.screen.overlays.questions import AskScreen, value_of

        value = getattr(view.session.config, field.name)
        asked = value_of(view.session.told(field), value, lambda new: self.set(view, field, new))
        view.app.push_screen(AskScreen(asked))

    def _ask_for_name(self, field: ChoiceField | NamesField, view: RunView) -> None:
        from bptui.screen.overlays.choice import SEVERAL, ChoiceScreen

        def take(name: str | None) -> None:
            if name == SEVERAL:
                self._ask_for_value(field, view)
            elif name is not None:
                self.set(view, field, field.parse(name))

        config, told = view.session.config, view.session.told(field)
        screen = ChoiceScreen(told, getattr(config, field.name), len(config.hidden_units))
        view.app.push_screen(screen, take)
