"""Actions on the settings of the open tab: choosing one, and changing its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.actions.run_actions import RunActions

if TYPE_CHECKING:
    from bpengine import ChoiceField, Field, NamesField


class SettingActions(RunActions):
    """The base of the app with the keys that choose and change settings. Hidden settings never change."""

    def action_choose(self, direction: int) -> None:
        """Choose the next (1) or previous (-1) setting, and show its help."""
        if self.view.settings_in_sight():
            self.view.choose_setting(self.view.options.setting + direction)

    def action_choose_end(self, direction: int) -> None:
        """Choose the last (1) or first (-1) setting, and show its help."""
        if self.view.settings_in_sight():
            self.view.choose_setting(-1 if direction > 0 else 0)

    def action_choose_page(self, direction: int) -> None:
        """Choose the setting a page down (1) or up (-1), and show its help."""
        if self.view.settings_in_sight():
            self.view.choose_page(direction)

    def action_filter(self) -> None:
        """Focus the settings, and begin a search by name."""
        self._arrange(self.view.panel_layout.revealing("settings"))
        self.view.find_setting()

    def action_change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen setting by a step."""
        field, session = self.view.field, self.view.session
        if self.view.settings_in_sight():
            value = field.move(getattr(session.config, field.name), direction, coarse=coarse)
            self.change_setting(field, value)

    def action_edit(self) -> None:
        """Ask for a value of the chosen setting."""
        if self.view.settings_in_sight():
            self.edit_setting(self.view.field)

    def edit_setting(self, field: Field) -> None:
        """Ask for a value of a setting: from a list of names, or typed."""
        from bpengine import ChoiceField, NamesField

        if isinstance(field, (ChoiceField, NamesField)):
            self._ask_for_name(field)
        else:
            self._ask_for_value(field)

    def _ask_for_value(self, field: Field) -> None:
        from bptui.screens.value import ValueScreen

        def take(value: object) -> None:
            if value is not None:
                self.change_setting(field, value)

        self.push_screen(ValueScreen(field, getattr(self.view.session.config, field.name)), take)

    def _ask_for_name(self, field: ChoiceField | NamesField) -> None:
        from bptui.screens.value import SEVERAL, ChoiceScreen

        def take(name: str | None) -> None:
            if name == SEVERAL:
                self._ask_for_value(field)
            elif name is not None:
                self.change_setting(field, field.parse(name))

        config = self.view.session.config
        self.push_screen(ChoiceScreen(field, getattr(config, field.name), len(config.hidden_units)), take)

    def change_setting(self, field: Field, value: object) -> None:
        """Change a setting of the open tab."""
        self._command("change", field, value)

    def _change_by_name(self, field: Field, value: object) -> None:
        """Choose a setting, and set it."""
        self._choose(field)
        self.change_setting(field, value)

    def _edit_by_name(self, field: Field) -> None:
        """Choose a setting, and ask for its value."""
        self._choose(field)
        self.edit_setting(field)

    def _choose(self, field: Field) -> None:
        from bpengine import FIELDS

        self.view.choose_setting(FIELDS.index(field))

    def on_hyperparameter_panel_opened(self) -> None:
        """Edit the chosen setting."""
        self.action_edit()
