"""Every hyperparameter, described once: an attribute of `Hyperparameters`. `FIELDS` is the table of them.

The command line's flags, the settings file, the screen's panel and the docs all read the table. To add a
hyperparameter, add an attribute here, and the code that uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from bpengine.choices import Choice, Task
from bpengine.data import DATASETS, NamedDataset
from bpengine.data.formulas.fields import FEATURES, FUNCTION, X_RANGE
from bpengine.fields import (
    ChoiceField,
    DecadeStep,
    Field,
    LadderStep,
    LinearStep,
    NamesField,
    NumberField,
    WidthsField,
)
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES

MAX_LAYERS = 8
"""The most hidden layers."""
MAX_UNITS_PER_LAYER = 1000
MAX_EPOCHS = 100_000_000
"""The most epochs of a run, and of everything that is counted in epochs."""

_SHARES = LadderStep((0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999))


def _data_sets_of(task: str) -> tuple[str, ...]:
    return tuple(dataset.name for dataset in DATASETS.values() if dataset.task == task)


def _words_of(choices: Mapping[str, Choice | NamedDataset]) -> dict[str, Any]:
    """What is said of each of these choices, as arguments of a field."""
    return {
        "helps": {name: choice.help for name, choice in choices.items()},
        "other_names": {name: choice.synonyms for name, choice in choices.items()},
        "formulas": {name: choice.formula for name, choice in choices.items() if isinstance(choice, Choice)},
    }


_of_data = partial(NumberField, subject="data set")
_live = partial(NumberField, subject="training", needs_restart=False)
_length = partial(NumberField, subject="length and reports", needs_restart=False)


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False, eq=False)
class Hyperparameters:
    """The task and every hyperparameter, with the defaults of regression.

    The order is that of the screen: the data set, and then the others in the order in which users meet them.
    """

    task: Task = "regression"
    dataset: str = ChoiceField(
        label="data set",
        symbol="D",
        subject="data set",
        synonyms=("data", "examples"),
        default="sine",
        classification="sine-border",
        groups=(_data_sets_of("regression"), _data_sets_of("classification")),
        **_words_of(DATASETS),
        help="The named data set; its flag, or choosing it, also sets what suits it.",
        used_if=lambda config: not config.function,
        describes_named_data=True,
    ).attribute()
    hidden_units: tuple[int, ...] = WidthsField(
        symbol="H",
        other_flag="--hidden",
        subject="network",
        synonyms=("neurons", "layers", "nodes", "width", "depth", "architecture"),
        default=(3,),
        classification=(6,),
        max_layers=MAX_LAYERS,
        max_width=MAX_UNITS_PER_LAYER,
        help="Units in each hidden layer (8,8 is two, none is linear); more fit more detail.",
    ).attribute()
    learning_rate: float = _live(
        symbol="η",
        synonyms=("lr", "alpha", "eta", "step size"),
        default=0.1,
        maximum=1000,
        step=DecadeStep(1e-5),
        help="Size of each step down the gradient; if it is too large, the run diverges.",
    ).attribute()
    init_scale: float = NumberField(
        symbol="σ",
        subject="network",
        synonyms=("initial weights", "weight scale"),
        default=0.01,
        maximum=100,
        step=DecadeStep(1e-4),
        help="Spread of the random initial weights; at 0 hidden units start equal.",
        used_if=lambda config: INITIALIZERS[config.initializer].uses_scale,
    ).attribute()
    epochs: int = _length(
        symbol="N",
        synonyms=("iterations", "passes", "training time"),
        default=2001,
        classification=101,
        minimum=1,
        maximum=MAX_EPOCHS,
        step=LinearStep(100, 1000),
        help="How many times the run goes through all samples.",
    ).attribute()
    report_interval: int = _length(
        label="report every",
        symbol="k",
        other_flag="--interval",
        synonyms=("log every", "report interval"),
        default=200,
        classification=10,
        minimum=1,
        maximum=MAX_EPOCHS,
        step=LinearStep(10, 100),
        help="The error table lists every k-th epoch.",
    ).attribute()
    seed: int = NumberField(
        symbol="s",
        subject="network",
        synonyms=("random seed", "random state"),
        default=0,
        maximum=2**32 - 1,
        step=LinearStep(1, 10),
        help="Picks the initial weights and the order of samples: same seed, same run.",
    ).attribute()
    activation: tuple[str, ...] = NamesField(
        symbol="f",
        subject="network",
        synonyms=("nonlinearity", "transfer function"),
        default=("sigmoid",),
        choices=tuple(ACTIVATIONS),
        max_names=MAX_LAYERS,
        **_words_of(ACTIVATIONS),
        help="The function that hidden units apply: one for all layers, or one per layer.",
        used_if=lambda config: bool(config.hidden_units),
    ).attribute()
    initializer: str = ChoiceField(
        symbol="W₀",
        subject="network",
        synonyms=("initialization", "weight init"),
        default="normal",
        groups=(tuple(INITIALIZERS),),
        **_words_of(INITIALIZERS),
        help="Initial weights: xavier suits sigmoid and tanh, he suits relu and the like.",
    ).attribute()
    optimizer: str = ChoiceField(
        symbol="∇",
        subject="training",
        synonyms=("optimiser", "solver", "algorithm"),
        default="sgd",
        groups=(tuple(OPTIMIZERS),),
        **_words_of(OPTIMIZERS),
        help="How a gradient becomes an update of the weights.",
    ).attribute()
    batch_size: int = NumberField(
        symbol="B",
        subject="training",
        synonyms=("minibatch", "mini-batch"),
        default=1,
        maximum=100_000,
        step=DecadeStep(1),
        zero="all",
        help="Samples per update: 1 updates after every sample, all once per epoch.",
    ).attribute()
    momentum: float = _live(
        symbol="μ",
        synonyms=("beta1",),
        default=0.9,
        maximum=0.9999,
        step=_SHARES,
        help="The share of past gradients that the optimizer keeps; β₁ in Adam.",
        used_if=lambda config: "momentum" in OPTIMIZERS[config.optimizer].coefficients,
    ).attribute()
    decay: float = _live(
        label="square decay",
        symbol="ρ",
        synonyms=("beta2",),
        default=0.999,
        maximum=0.99999,
        step=_SHARES,
        help="The share of past squared gradients that the optimizer keeps; β₂ in Adam.",
        used_if=lambda config: "decay" in OPTIMIZERS[config.optimizer].coefficients,
    ).attribute()
    schedule: str = ChoiceField(
        symbol="η(t)",
        subject="training",
        synonyms=("learning rate decay", "lr decay", "annealing"),
        default="constant",
        groups=(tuple(SCHEDULES),),
        **_words_of(SCHEDULES),
        help="How the learning rate changes over the epochs.",
        needs_restart=False,
    ).attribute()
    schedule_epochs: int = _live(
        symbol="T",
        default=500,
        classification=25,
        minimum=1,
        maximum=MAX_EPOCHS,
        step=LinearStep(10, 100),
        help="The number of epochs over which the schedule applies its factor.",
        used_if=lambda config: SCHEDULES[config.schedule].changes,
    ).attribute()
    schedule_factor: float = _live(
        symbol="γ",
        default=0.5,
        maximum=1,
        step=LinearStep(0.05, 0.25),
        help="What the schedule multiplies the learning rate by.",
        used_if=lambda config: SCHEDULES[config.schedule].changes,
    ).attribute()
    noise: float = _of_data(
        symbol="σₙ",
        synonyms=("jitter",),
        default=0.0,
        maximum=10,
        step=DecadeStep(0.01),
        help="Standard deviation of the noise on the targets or, for classes, positions.",
        describes_named_data=True,
    ).attribute()
    wrong_labels: float = _of_data(
        symbol="ν",
        synonyms=("label noise", "random labels", "memorizing"),
        default=0.0,
        maximum=1,
        step=LinearStep(0.05, 0.2),
        zero="none",
        help="The share of the training labels that are drawn at random from all classes.",
        used_if=lambda config: config.task == "classification",
    ).attribute()
    test_share: float = _of_data(
        symbol="τ",
        synonyms=("validation", "test set", "held out", "split", "generalization", "overfitting"),
        default=0.0,
        maximum=0.9,
        step=LinearStep(0.05, 0.2),
        zero="none",
        help="The share of the samples held out from training, to test the network on.",
    ).attribute()
    samples: int = _of_data(
        symbol="n",
        synonyms=("points", "rows", "data size"),
        default=0,
        maximum=100_000,
        step=DecadeStep(10),
        zero="own",
        help="How many samples the data set has; own is its usual number.",
        describes_named_data=True,
    ).attribute()
    function: str = FUNCTION.attribute()
    x_range: tuple[float, float] = X_RANGE.attribute()
    features: tuple[str, ...] = FEATURES.attribute()
    frequency: float = _of_data(
        symbol="ω",
        synonyms=("periods",),
        default=1.0,
        minimum=0.1,
        maximum=20,
        step=LinearStep(0.1, 1),
        help="The number of periods, for data sets that are made from a sine.",
        used_if=lambda config: DATASETS[config.dataset].has_frequency and not config.function,
        describes_named_data=True,
    ).attribute()
    data_seed: int = _of_data(
        symbol="sₙ",
        default=0,
        maximum=2**32 - 1,
        step=LinearStep(1, 10),
        help="Picks the noise, positions, test samples and wrong labels, not the weights.",
    ).attribute()
    l1: float = _live(
        label="L1 penalty",
        symbol="λ₁",
        synonyms=("lasso", "sparsity", "regularization"),
        default=0.0,
        maximum=10,
        step=DecadeStep(1e-6),
        help="Pulls every weight toward 0 with the same force, so that some become 0.",
    ).attribute()
    l2: float = _live(
        label="L2 penalty",
        symbol="λ₂",
        synonyms=("regularization", "weight decay", "ridge", "overfitting"),
        default=0.0,
        maximum=10,
        step=DecadeStep(1e-6),
        help="Pulls each weight toward 0 in proportion to its size, for smoother fits.",
    ).attribute()
    dropout: float = _live(
        symbol="d",
        synonyms=("dropout rate", "regularization", "overfitting"),
        default=0.0,
        maximum=0.9,
        step=LinearStep(0.05, 0.2),
        zero="off",
        help="The share of hidden units that each sample leaves out at random in training.",
        used_if=lambda config: bool(config.hidden_units),
    ).attribute()
    clip: float = _live(
        label="gradient clip",
        symbol="c",
        synonyms=("clipping", "exploding gradients"),
        default=0.0,
        maximum=1e6,
        step=DecadeStep(1e-3),
        zero="off",
        help="Shortens gradients that are longer than this, which can prevent divergence.",
    ).attribute()
    target_error: float = _length(
        symbol="E",
        synonyms=("tolerance", "stop at"),
        default=0.0,
        maximum=1000,
        step=DecadeStep(1e-8),
        zero="off",
        help="Ends the run after the first epoch with an error at or below this.",
    ).attribute()
    patience: int = _length(
        symbol="P",
        synonyms=("early stopping",),
        default=0,
        maximum=MAX_EPOCHS,
        step=LinearStep(10, 100),
        zero="off",
        help="Ends the run after this many epochs in a row without a new lowest error.",
    ).attribute()


FIELDS: tuple[Field, ...] = tuple(
    replace(field, name=attribute.name, label=field.label or attribute.name.replace("_", " "))
    for attribute in fields(Hyperparameters)
    if (field := attribute.metadata.get("field"))  # the task is not a hyperparameter
)
"""The descriptions of all hyperparameters, in the order of the screen."""
FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
"""The same hyperparameters by name."""
