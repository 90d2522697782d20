"""The list of a setting's names: it shows, filters, takes and leaves."""

from __future__ import annotations

from textual.widgets import OptionList

from bpengine import DATASETS, FIELD, FIELDS, TASKS
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.choice import SEVERAL, ChoiceScreen
from bptui.screen.overlays.questions import AskScreen
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import press, resize


def choose(app: BptuiApp, name: str) -> None:
    """Choose a setting."""
    app.view.choose_setting(FIELDS.index(FIELD[name]))


def names(app: BptuiApp) -> list[str]:
    """The names in the list, the highlighted one in brackets."""
    assert isinstance(app.screen, ChoiceScreen)
    options = app.screen.query_one(OptionList)
    return [
        f"[{option.id}]" if number == options.highlighted else str(option.id)
        for number, option in enumerate(options.options)
    ]


async def test_a_list_of_names_has_those_of_the_task_with_a_sentence_each() -> None:
    for task, present, other in zip(TASKS, ("sine", "sine-border"), ("xor", "hills"), strict=True):
        app = make_app(task)
        async with app.run_test(size=(80, 24)) as pilot:
            await press(pilot, "home", "enter")
            text = "\n".join(lines(app))
            assert f"▸• {present} " in text
            assert f"   {other} " not in text
            region = app.screen.query_one(OptionList).region
            rows = [line[region.x : region.right] for line in lines(app)[region.y : region.bottom]]
            words = " ".join(" ".join(rows).split())
            for name in names(app)[1:]:
                assert f"{name} {DATASETS[name].help}" in words
            await press(pilot, "escape")


async def test_keys_move_in_a_list_of_names_take_one_and_leave() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        choose(app, "optimizer")
        await press(pilot, "enter")
        assert names(app) == ["[sgd]", "momentum", "nesterov", "rmsprop", "adam"]
        for keys, name in (("j", "momentum"), ("down", "nesterov"), ("k", "momentum"), ("end", "adam")):
            await press(pilot, keys)
            assert f"[{name}]" in names(app), keys
        assert "▸  adam" in "\n".join(lines(app)), "a sign, not only a color"
        await press(pilot, "escape")
        assert shown(app).run.config.optimizer == "sgd"
        await press(pilot, "enter", "j", "enter")
        assert shown(app).run.config.optimizer == "momentum"
        await press(pilot, "right")
        assert shown(app).run.config.optimizer == "nesterov", "left and right still step through the names"


async def test_typing_filters_a_list_of_names() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        choose(app, "activation")
        await press(pilot, "enter", *"ak")
        assert names(app) == ["[leaky-relu]"], "after a letter, k is a letter, too"
        assert "ak▏ 1 of 10" in "\n".join(lines(app))
        await press(pilot, "escape")
        assert len(names(app)) == 10
        await press(pilot, "t")
        assert names(app) == ["[tanh]", "softplus", "identity"], "names that begin with it come first"
        await press(pilot, "backspace", *"logis")
        assert names(app) == ["[sigmoid]"], "found by a synonym"
        await press(pilot, "escape", *"wave")
        assert names(app) == ["[sin]"], "found by its sentence"
        await press(pilot, *"xx", "enter")
        assert names(app) == []
        await press(pilot, "backspace", "backspace", "enter")
        assert shown(app).run.config.activation == ("sin",)


async def test_names_for_each_layer_can_be_typed() -> None:
    app = make_app(hidden_units=(3, 2))
    async with app.run_test() as pilot:
        choose(app, "activation")
        await press(pilot, "enter", "end")
        assert names(app)[-1] == f"[{SEVERAL}]"
        await press(pilot, "enter")
        assert isinstance(app.screen, AskScreen)
        await press(pilot, *"tanh,sin", "enter")
        assert shown(app).run.config.activation == ("tanh", "sin")
        await press(pilot, "enter")
        assert names(app)[0] == "[sigmoid]", "no single name is the present one"
        await press(pilot, "escape")


async def test_page_keys_in_a_list_without_room_do_nothing() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "home", "enter")
        await resize(pilot, 6, 24)
        await press(pilot, "pagedown", "pageup")
        assert isinstance(app.screen, ChoiceScreen)
