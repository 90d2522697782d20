"""The settings and the state of a PyTorch training. PyTorch is imported by the user's program."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial

from bpsteer.settings import Number, Setting

_KEYS = {
    "lr": ("learning rate", 1e-8, 100.0),
    "weight_decay": ("weight decay", 0.0, 10.0),
    "momentum": ("momentum", 0.0, 1.0),
}
"""What can be changed in a group of parameters: its name and its limits."""


def torch_settings(optimizer: object) -> list[Setting]:
    """The learning rate of an optimizer, and its weight decay and momentum if it has them.

    With several groups of parameters, each group has its own, and what has one value in all groups at first
    can also be set in all of them together.
    """
    groups: list[dict[str, object]] = optimizer.param_groups  # type: ignore[attr-defined]
    settings: list[Setting] = []
    for key, (name, low, high) in _KEYS.items():
        having = [index for index, group in enumerate(groups) if key in group]
        named = {f"{name} of group {index + 1}": [index] for index in having if len(groups) > 1}
        if len({_get(optimizer, [index], key) for index in having}) == 1:
            named = {name: having, **named}
        for label, indices in named.items():
            get, set = partial(_get, optimizer, indices, key), partial(_set, optimizer, indices, key)
            settings.append(Number(label, get, set, low=low, high=high, log=key != "momentum"))
    return settings


def rank_and_count() -> tuple[int, int]:
    """The rank of this process and how many train together, as launchers such as torchrun say it."""
    rank, count = (os.environ.get(name, "") for name in ("RANK", "WORLD_SIZE"))
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in (rank, count)):
        return 0, 1
    return int(rank), max(1, int(count))


def uses_gpu() -> bool:
    """Whether PyTorch may compute on one, where sums differ by themselves."""
    torch = sys.modules.get("torch")
    with contextlib.suppress(Exception):  # an older version, or something else of that name
        return bool(torch.cuda.is_initialized() or torch.backends.mps.is_available())  # type: ignore[union-attr]
    return False


def torch_state(*parts: object) -> tuple[Callable[[], bytes], Callable[[bytes], object]]:
    """The functions `save` and `load` of a training.

    The state also has the random generators of Python, of NumPy if it is imported, and of PyTorch, so that a
    run continues as it did before. It does not have a generator that the program has made itself, such as
    that of a DataLoader, or a place in a list of samples.

    Args:
        parts: the model, the optimizer, and whatever else has a `state_dict`, such as a scheduler.
    """
    torch = sys.modules["torch"]

    def save() -> bytes:
        state = {
            "parts": [part.state_dict() for part in parts],  # type: ignore[attr-defined]
            "random": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "python": random.getstate(),
        }
        if numpy := sys.modules.get("numpy"):
            kind, numbers, *rest = numpy.random.get_state()
            state["numpy"] = (kind, numbers.tolist(), *rest)
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
        random.setstate(state["python"])
        if "numpy" in state:
            sys.modules["numpy"].random.set_state(state["numpy"])

    return save, load


def _get(optimizer: object, indices: Sequence[int], key: str) -> float:
    groups = [optimizer.param_groups[index] for index in indices]  # type: ignore[attr-defined]
    (value,) = {float(group[key]) for group in groups}  # an error if they differ: it is unknown then
    return value


def _set(optimizer: object, indices: Sequence[int], key: str, value: float) -> None:
    for index in indices:
        group = optimizer.param_groups[index]  # type: ignore[attr-defined]
        if hasattr(group[key], "fill_"):  # a tensor, as in a compiled training
            group[key].fill_(value)
        else:
            group[key] = value
