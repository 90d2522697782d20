"""What would help? The dialog fills, takes a change that undo takes back, and ends its experiment at once."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from bpengine import TrainingConfig
from bpengine.many.advice import Advice, Experiment, Verdict
from bptui.commands import change_keys
from bptui.features.advice.dialog import AdviceScreen, row
from bptui.features.advice.words import certainty, progress
from bptui.formatting import with_arrows
from bptui.process.allowance import Allowance, ProcessorShare
from bptui.process.restrictions import Restrictions
from bptui.screen.app import BptuiApp
from bptui.session import commands
from bptui.session.snapshot import Stage
from bptui.settings.keys import read_keys
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import is_at_work, press, resize, until

pytestmark = pytest.mark.usefixtures("few_changes")

SMALL: dict[str, Any] = {"samples": 8, "epochs": 6}


def dialog(app: BptuiApp) -> AdviceScreen:
    assert isinstance(app.screen, AdviceScreen)
    return app.screen


def is_done(app: BptuiApp) -> bool:
    return isinstance(app.screen, AdviceScreen) and app.screen.is_done


def said(app: BptuiApp) -> str:
    """What the dialog says above its list."""
    return str(dialog(app).query(Static).first().render())


@functools.cache
def result() -> Advice:
    *_, advice = Experiment(TrainingConfig.defaults("regression", **SMALL), kernel="numpy", epoch=4).results()
    return advice


async def test_the_advice_fills_and_enter_takes_a_change_that_u_undoes() -> None:
    expected = result()
    app = make_app(**SMALL)
    app.view.session.advance_to(3)
    async with app.run_test(size=(80, 24)) as pilot:
        before = shown(app).run
        await press(pilot, "a", "enter")  # there is no row to take yet
        await until(pilot, lambda: is_done(app))
        rows = dialog(app).query_one(OptionList)
        texts = [str(option.prompt) for option in rows.options if not option.disabled]
        assert texts == [row(trial) for trial in expected.trials]
        assert max(map(len, texts)) < rows.content_size.width
        assert said(app).startswith(progress(expected))
        await resize(pilot, 60, 24)
        cut = [str(option.prompt) for option in rows.options if not option.disabled]
        assert max(map(len, cut)) < rows.content_size.width < max(map(len, texts))
        await resize(pilot, 80, 24)
        await press(pilot, "down", "down", "up")
        second = expected.trials[1]
        details = f"{with_arrows(second.change.text)}: {certainty(second)}."
        assert details[:60] in "\n".join(lines(app))
        await app.action_open_tab("classification")  # as the palette can
        await press(pilot, "enter")
        assert not isinstance(app.screen, AdviceScreen)
        await app.action_open_tab("regression")
        assert shown(app).run.config == expected.trials[1].change.after
        assert shown(app).run.epoch is None or shown(app).run.epoch <= 0, "the run restarts, as it was tried"
        assert "restarts" in shown(app).status.advice
        await press(pilot, "u")
        assert (shown(app).run.config, shown(app).run.epoch) == (before.config, before.epoch)
        await until(pilot, lambda: not is_at_work(app.runner))
        app.view.session.advance_to(3)
        await press(pilot, "a")
        app.runner.pump(0)
        await until(pilot, lambda: said(app).startswith(progress(expected)))


async def test_with_what_if_on_a_change_of_the_advice_is_compared_and_a_longer_run_continues() -> None:
    app = make_app(**SMALL)
    app.view.session.advance_to(5)
    async with app.run_test(size=(80, 24)) as pilot:
        session = app.view.session
        session.do(commands.take, {"epochs": 12}, "epochs 6 → 12")
        assert (session.epochs_done, session.config.epochs) == (6, 12)
        await press(pilot, "i")
        session.do(commands.take, {"learning_rate": 0.3}, "learning rate 0.1 → 0.3")
        session.run_until_idle()
        app.view.frames.show_now()
        assert "η 0.1 → 0.3: epoch error " in shown(app).status.advice


@pytest.mark.parametrize("key", ["escape", "a", "ctrl+c"])
async def test_closing_the_advice_ends_the_experiment_at_once(key: str) -> None:
    app = make_app(epochs=100_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        await until(pilot, lambda: is_at_work(app.runner))
        await press(pilot, key)
        if key != "ctrl+c":
            await until(pilot, lambda: not is_at_work(app.runner))
            await press(pilot, "s")
            await until(pilot, lambda: shown(app).run.epoch == 0)
            assert shown(app).status.stage is Stage.PAUSED
    assert not is_at_work(app.runner)


async def test_the_key_that_opens_the_advice_closes_it_even_if_it_was_changed() -> None:
    change_keys(read_keys({"advise": "f4"}, "a file"))
    try:
        app = make_app(**SMALL)
        async with app.run_test(size=(80, 24)) as pilot:
            await press(pilot, "f4", "a")
            assert isinstance(app.screen, AdviceScreen)
            await press(pilot, "f4")
            assert not isinstance(app.screen, AdviceScreen)
    finally:
        change_keys({})


def test_the_summary_of_the_advice_says_how_far_it_is_and_that_nothing_helps() -> None:
    advice = result()
    begun = progress(advice._replace(done=False, trials=advice.trials[:2]))
    assert begun.startswith(f"2 of {len(advice.trials)} changes tried, ")
    nothing = advice._replace(trials=tuple(each._replace(verdict=Verdict.WORSE) for each in advice.trials))
    assert progress(nothing).endswith(". Nothing tried helps.")


async def test_a_restricted_screen_tries_only_what_it_allows_with_its_share_of_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    restrictions = Restrictions(max_units=4)
    configs = {
        each: TrainingConfig.defaults(each, hidden_units=3, **SMALL)
        for each in ("regression", "classification")
    }
    start = StartSettings(configs=configs, kernel="numpy", paused=True)  # type: ignore[arg-type]
    app = BptuiApp(start, allowance=Allowance(restrictions))
    assert app.runner.threads == 0
    slices: list[bool] = []

    def training_delay(_share: ProcessorShare) -> float:
        slices.append(len(slices) >= 5)
        return float(not slices[-1])

    monkeypatch.setattr(ProcessorShare, "training_delay", training_delay)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        await until(pilot, lambda: is_done(app))
        rows = [str(option.prompt) for option in dialog(app).query_one(OptionList).options]
        widths = [re.findall(r"^ *hidden units 3 → ([\d,]+)", row) for row in rows]
        assert max(sum(map(int, width[0].split(","))) for width in widths if width) == 4
    assert slices.count(False) == 5, "it waited for its share"
