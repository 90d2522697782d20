"""The settings and the state of a PyTorch training. PyTorch is imported by the user's program."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial

from bptui.steer.settings import Number, Setting

_KEYS = {
    "lr": ("learning rate", 1e-8, 100.0),
    "weight_decay": ("weight decay", 0.0, 10.0),
    "momentum": ("momentum", 0.0, 1.0),
}
"""What can be changed in a group of parameters: its name and its limits."""


def torch_settings(optimizer: object) -> list[Setting]:
    """The learning rate of an optimizer, and its weight decay and momentum if it has them.

    With several groups of parameters, each group has its own.
    """
    groups: list[dict[str, object]] = optimizer.param_groups  # type: ignore[attr-defined]
    return [
        Number(
            name if len(groups) == 1 else f"{name} of group {index + 1}",
            partial(_get, optimizer, index, key),
            partial(_set, optimizer, index, key),
            low=low,
            high=high,
            log=key != "momentum",
        )
        for index, group in enumerate(groups)
        for key, (name, low, high) in _KEYS.items()
        if key in group
    ]


def torch_state(*parts: object) -> tuple[Callable[[], bytes], Callable[[bytes], object]]:
    """The functions `save` and `load` of a training.

    The state also has that of PyTorch's random generators, so that a run continues as it did before.

    Args:
        parts: the model, the optimizer, and whatever else has a `state_dict`, such as a scheduler.
    """
    torch = sys.modules["torch"]

    def save() -> bytes:
        state = {
            "parts": [part.state_dict() for part in parts],  # type: ignore[attr-defined]
            "random": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        file = io.BytesIO()
        torch.save(state, file)
        return file.getvalue()

    def load(data: bytes) -> None:
        state = torch.load(io.BytesIO(data), weights_only=True)
        for part, of_part in zip(parts, state["parts"], strict=True):
            part.load_state_dict(of_part)  # type: ignore[attr-defined]
        torch.set_rng_state(state["random"])
        if state["cuda"]:
            torch.cuda.set_rng_state_all(state["cuda"])

    return save, load


def _get(optimizer: object, index: int, key: str) -> float:
    return float(optimizer.param_groups[index][key])  # type: ignore[attr-defined]


def _set(optimizer: object, index: int, key: str, value: float) -> None:
    group = optimizer.param_groups[index]  # type: ignore[attr-defined]
    if hasattr(group[key], "fill_"):  # a tensor, as in a compiled training
        group[key].fill_(value)
    else:
        group[key] = value
