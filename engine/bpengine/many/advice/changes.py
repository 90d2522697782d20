"""The changes of a run's settings that are worth trying."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bpengine.config import TrainingConfig
from bpengine.errors import ConfigError
from bpengine.fields import Field
from bpengine.hyperparameters import FIELD
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES
from bpwords import Sentence, word

FACTORS = (3.0, 10.0, 1 / 3, 1 / 10)
"""The factors for the learning rate and the init scale."""
SCALE = 0.5
"""An init scale that lets the units of small networks differ from the start."""
BATCH_SIZES = (1, 8, 32, 0)
WIDTHS = (1, 3, 6)
"""The widths of a first hidden layer."""
CLIP, DROPOUT = 1.0, 0.2
MAX_LAG = 1.1
"""How many times as much training one batch size may have had as another one when both are measured."""

NewValues = dict[str, Any]
"""New values by the names of the settings."""


class TriedChange(NamedTuple):
    """Other values for one or more settings."""

    before: TrainingConfig
    after: TrainingConfig
    suits: bool = False
    """Whether these are all settings that suit the data."""

    @property
    def steps(self) -> tuple[tuple[Field, Any, Any], ...]:
        """Each setting that differs, with its value before and after."""
        pairs = (
            (field, getattr(self.before, field.name), getattr(self.after, field.name)) for field in _ORDER
        )
        return tuple((field, old, new) for field, old, new in pairs if old != new)

    @property
    def values(self) -> NewValues:
        """The new values by the names of the settings."""
        return {field.name: new for field, _, new in self.steps}

    @property
    def text(self) -> str:
        """The change in words, such as "learning rate 0.1 -> 0.3"."""
        if self.suits:
            suits = Sentence("the settings that suit this data set ({settings}, {epochs} epochs)")
            return suits(settings=self.after.brief, epochs=self.after.epochs)
        return word(", ", "legend").join(
            f"{field.said} {field.format(old)} -> {field.format(new)}" for field, old, new in self.steps
        )

    @property
    def flags(self) -> str:
        """The flags that make the change, such as "--learning-rate 0.3"."""
        return " ".join(f"{field.flag} {field.format(new)}" for field, _, new in self.steps)


_ORDER = (
    FIELD["optimizer"],
    FIELD["activation"],
    *(field for field in FIELD.values() if field.name not in ("optimizer", "activation")),
)
"""The optimizer and the activation are named before the settings that follow from them."""


def changes_worth_trying(
    config: TrainingConfig,
    *,
    samples: int,
    epoch: int,
    suited: NewValues | None = None,
    has_test: bool = False,
    allows: Callable[[TrainingConfig], bool] = lambda _config: True,
) -> tuple[TriedChange, ...]:
    """Return about 30 changes, each different from the others and with an effect.

    Args:
        config: the settings to change.
        samples: the number of training samples.
        suited: what suits the data but is not set, by `TrainingConfig.unsuited`; tried first, as one change.
        epoch: how many epochs the runs are trained. A longer run is proposed only if these are all epochs.
        has_test: whether the runs are compared by their test errors, which are measured after the epoch. An
            epoch error is measured during the epoch. A change of the batch size that changes when is then
            left out; and so are all changes if the error would be that of the untrained weights.
        allows: whether settings may be proposed.
    """
    seen = [_canonical(config)]
    changes = []
    first = [suited] if suited else []
    for values in (*first, *_proposals(config, samples, epoch, has_test=has_test)):
        try:
            after = config.replace(**values)
        except ConfigError:  # beyond the limits of a setting
            continue
        if _canonical(after) not in seen and allows(after):
            seen.append(_canonical(after))
            changes.append(TriedChange(config, after, values is suited))
    return tuple(changes)


def _canonical(config: TrainingConfig) -> TrainingConfig:
    """The same settings with one name for each layer, instead of one for all layers or for none."""
    return config.replace(activation=config.activations or FIELD["activation"].default)


def _proposals(config: TrainingConfig, samples: int, epoch: int, *, has_test: bool) -> Iterator[NewValues]:
    """Changes that keep the shape come first, since they are trained side by side with the run itself."""
    present = config.batch_size or samples
    if has_test or _measured_at(present, samples, epoch) > 0:
        yield from _rates(config, epoch)
        yield from _starts(config)
        yield from _penalties(config, has_test=has_test)
        yield from _optimizers(config)
        yield from _units(config)
        yield from _activations()
        for values in _batches(config, samples):
            sizes = (present, values["batch_size"] or samples)
            early, late = sorted(_measured_at(size, samples, epoch) for size in sizes)
            if has_test or late <= MAX_LAG * early:
                yield values
    if epoch >= config.epochs:
        yield {"epochs": 2 * config.epochs}


def _rates(config: TrainingConfig, epoch: int) -> Iterator[NewValues]:
    for rate in _multiples(config.learning_rate) or (OPTIMIZERS[config.optimizer].usual_rate,):
        yield {"learning_rate": rate}
    if config.uses(FIELD["momentum"]):
        yield from ({"momentum": share} for share in (0.5, 0.9, 0.99))
    if SCHEDULES[config.schedule].changes:
        yield {"schedule": "constant"}
    yield {"schedule": "cosine", "schedule_epochs": max(epoch, 1), "schedule_factor": 0.01}


def _starts(config: TrainingConfig) -> Iterator[NewValues]:
    if INITIALIZERS[config.initializer].uses_scale:
        scales = (*_multiples(config.init_scale), SCALE) if config.init_scale else (0.01, 0.1, SCALE)
        yield from ({"init_scale": scale} for scale in scales)
    else:
        yield {"initializer": "normal", "init_scale": SCALE}
    for name, initializer in INITIALIZERS.items():
        if initializer.breaks_symmetry and not initializer.uses_scale:
            yield {"initializer": name}


def _penalties(config: TrainingConfig, *, has_test: bool) -> Iterator[NewValues]:
    """Dropout is tried with test samples only: the epoch error is measured with it, and mostly rises."""
    if has_test and config.hidden_units:
        yield {"dropout": 0.0 if config.dropout else DROPOUT}
    for name in ("l1", "l2"):
        if getattr(config, name):
            yield {name: 0.0}
    yield {"clip": 0.0 if config.clip else CLIP}


def _optimizers(config: TrainingConfig) -> Iterator[NewValues]:
    for name, optimizer in OPTIMIZERS.items():
        if name != config.optimizer:
            yield {"optimizer": name, "learning_rate": optimizer.usual_rate}


def _units(config: TrainingConfig) -> Iterator[NewValues]:
    widths, names = config.hidden_units, config.activation
    if not widths:
        yield from ({"hidden_units": (width,)} for width in WIDTHS)
        return
    yield {"hidden_units": tuple(width + 1 for width in widths)}
    yield {"hidden_units": tuple(max(width - 1, 1) for width in widths)}
    yield {"hidden_units": tuple(2 * width for width in widths)}
    by_layer = len(names) > 1
    yield {
        "hidden_units": (*widths, widths[-1]),
        "activation": (*names, names[-1]) if by_layer else names,
    }
    if len(widths) > 1:
        yield {"hidden_units": widths[:-1], "activation": names[:-1] if by_layer else names}


def _activations() -> Iterator[NewValues]:
    """Each other activation except identity, with the initializer that suits it.

    Those with bounded outputs are tried with the current initializer, too: weights of any size may do.
    """
    for name, activation in ACTIVATIONS.items():
        if None not in activation.range:
            yield {"activation": (name,)}
        if name != "identity":
            yield {"activation": (name,), "initializer": activation.initializer}


def _measured_at(batch_size: int, samples: int, epoch: int) -> float:
    """After how many epochs of training the samples of the last epoch are measured, on average."""
    updates = math.ceil(samples / batch_size)
    return epoch - 1 + (updates - 1) / (2 * updates)


def _batches(config: TrainingConfig, samples: int) -> Iterator[NewValues]:
    present = config.batch_size or samples
    for size in BATCH_SIZES:
        if (size or samples) != min(present, samples) and size < samples:
            yield {"batch_size": size}


def _multiples(value: float) -> tuple[float, ...]:
    """The value times each of `FACTORS`, to three digits; nothing for 0."""
    return tuple(float(f"{value * factor:.3g}") for factor in FACTORS) if value else ()
