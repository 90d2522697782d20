"""Runs described in Chinese: the same facts as in English, and nothing in English but names."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from bpengine import FIELD, TrainingConfig
from bpengine.training.edits import Edit
from bptui.experiments.seeds.cloud_snapshot import Compared
from bptui.session import commands
from bptui.session.description import describe_progress, sections
from bptui.session.description.cloud import describe_change
from bptui.session.description.map import describe_map
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from bptui.settings.languages import translations
from bpwords import use
from tests.tui.session.description.test_map import RATES, cells
from tests.tui.support.described import with_curve, with_outputs
from tests.tui.support.snapshots import changed, snapshot_of

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?%?")
WORD = re.compile(r"[A-Za-z]{3,}")
HELD_OUT: dict[str, Any] = {"dataset": "noisy-sine", "samples": 30, "test_share": 0.3}


def experiments() -> Snapshot:
    """A run that is edited and viewed, beside a pinned one and a cloud."""
    session = Session(TrainingConfig.defaults("regression", samples=20, epochs=9, hidden_units=2))
    session.advance_to(3)
    session.do(commands.toggle_pin)
    session.do(commands.edit, Edit("set", 0, 0, 0, 0.5))
    session.do(commands.change, FIELD["learning_rate"], 0.3)
    session.do(commands.toggle_cloud)
    session.advance_to(6)
    session.run_until_idle()
    return session.snapshot()


def runs() -> dict[str, Snapshot]:
    paused = snapshot_of(trained=3)
    below = with_outputs(paused, np.linspace(1, -1, 63)[:, None], np.linspace(1, -1, 200)[:, None])
    return {
        "ready": snapshot_of(),
        "finished": snapshot_of(trained=501, epochs=501, samples=31, optimizer="momentum", learning_rate=0.2),
        "diverged": snapshot_of(trained=6, learning_rate=100),
        "tested": snapshot_of(trained=40, **HELD_OUT),
        "falling": below,
        "not finite": changed(paused, outputs=paused.network.outputs * np.inf),
        "surface": snapshot_of(trained=20, dataset="hills"),
        "two classes": snapshot_of("classification", trained=11),
        "one class": snapshot_of("classification", trained=3, dataset="spiral", test_share=0.3),
        "three classes": snapshot_of("classification", trained=9, dataset="blobs"),
        "digits": snapshot_of("classification", trained=2, dataset="digits", samples=60),
        "features": snapshot_of(trained=9, dataset="hills", features=("x", "y", "x*y")),
        "linear": snapshot_of(trained=9, hidden_units=()),
        "oscillating": with_curve([1.0, *np.tile([0.5, 0.2], 50)]),
        "rising": with_curve(1.02 ** np.arange(101)),
        "rising fast": with_curve(2.0 ** np.arange(11)),
        "zero": with_curve(np.zeros(100)),
        "one epoch": with_curve([0.5]),
        "in an epoch": changed(paused, stage=Stage.RUNNING, sample=7),
        "finished early": changed(paused, stage=Stage.FINISHED),
        "experiments": experiments(),
    }


def said(snapshot: Snapshot) -> dict[str, str]:
    """The texts that are made now; others have parts that were made with the snapshot."""
    made_before = ("now", "problem", "diagnosis")
    texts = {part.name: part.text for part in sections(snapshot) if part.name not in made_before}
    return texts | {"progress": describe_progress(changed(snapshot, problem=None))}


def names_in(snapshot: Snapshot) -> set[str]:
    """What is written alike in every language."""
    dataset, config = snapshot.run.dataset, snapshot.run.config
    names = (dataset.name, dataset.target, *dataset.classes, *dataset.input_names, *config.activations)
    return {"RMSE", *WORD.findall(" ".join(names))}


def test_descriptions_have_the_same_facts_in_chinese_and_no_english_but_names() -> None:
    texts = list[dict[str, dict[str, str]]]()
    for language in ("en", "zh"):
        use(translations(language))
        described = runs()
        texts.append({name: said(snapshot) for name, snapshot in described.items()})
    english, chinese = texts
    for name, snapshot in described.items():
        assert list(chinese[name]) == list(english[name])
        for part, text in chinese[name].items():
            assert Counter(NUMBER.findall(text)) == Counter(NUMBER.findall(english[name][part])), (name, text)
            assert not set(WORD.findall(text)) - names_in(snapshot), (name, text)
            assert text.endswith("。"), (name, text)


def test_maps_and_changes_have_the_same_facts_in_chinese() -> None:
    many = [0.3, 0.02, float("inf"), 0.2, 0.1, 0.05, float("inf"), float("inf"), float("inf")]
    names: dict[str, Any] = {"optimizer": ("sgd", "adam", "rmsprop"), "learning_rate": RATES}
    change = Compared(("η 0.1 → 0.2", "H 3 → 4"), 300, 64, 1e-5, np.inf, 14, 48, 2.34e-5, "clearly worse")
    texts = list[list[str]]()
    for language in ("en", "zh"):
        use(translations(language))
        maps = (cells([]), cells([0.3, 0.31, 0.5]), cells(many, **names))
        texts.append([*(text for each in maps for text in describe_map(each)), describe_change(change)])
    for english, chinese in zip(*texts, strict=True):
        assert Counter(NUMBER.findall(english)) == Counter(NUMBER.findall(chinese)), chinese
        assert not set(WORD.findall(chinese)) - {"sgd", "adam", "rmsprop"}, chinese
