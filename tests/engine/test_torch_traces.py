"""Traces have the numbers that PyTorch recorded: sums, activations, gradients and new weights."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest

from bpengine import Trainer
from tests.engine.torch_traces import CASES, FILE, STEPS, record

RECORDED = json.loads(FILE.read_text(encoding="ascii"))
has_torch = importlib.util.find_spec("torch") is not None


@pytest.mark.parametrize("name", CASES)
def test_traces_agree_with_pytorch(name: str) -> None:
    trainer = Trainer(CASES[name])
    assert len(RECORDED[name]) == STEPS
    for step in RECORDED[name]:
        trace = trainer.trace()
        assert trace is not None
        for number, layer in enumerate(trace.layers):
            numbers = {"z": layer.z, "a": layer.a}
            for part in ("gradient", "new"):
                numbers |= {f"{part} {of}": getattr(getattr(layer, part), of) for of in ("weights", "biases")}
            for of, computed in numbers.items():
                kind, _, part = of.partition(" ")
                expected = step[kind][number][part] if part else step[kind][number]
                # PyTorch's clipping adds 1e-6 to the norm.
                tolerance = 1e-6 if CASES[name].clip and kind == "new" else 1e-11
                assert computed.ravel() == pytest.approx(
                    [x for row in expected for x in (row if isinstance(row, list) else [row])],
                    rel=tolerance,
                    abs=tolerance,
                ), of
        trainer.step()
        if CASES[name].clip:
            return  # from here on, the weights differ by that


@pytest.mark.skipif(not has_torch, reason="torch is not installed")
@pytest.mark.parametrize("name", CASES)
def test_the_record_is_what_pytorch_computes(name: str) -> None:
    for step, again in zip(RECORDED[name], record(CASES[name]), strict=True):
        assert numbers(again) == pytest.approx(numbers(step), rel=1e-12, abs=1e-15)


def numbers(value: Any, place: str = "") -> dict[str, float]:
    """All numbers of a record, each by its place."""
    if isinstance(value, float):
        return {place: value}
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    return {where: number for key, part in parts for where, number in numbers(part, f"{place}/{key}").items()}
