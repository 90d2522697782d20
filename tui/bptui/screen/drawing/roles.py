"""The roles of a plot: what each part stands for, how it looks, and how legends and the help show it."""

from __future__ import annotations

from typing import NamedTuple

from bpengine import Task


class Role(NamedTuple):
    """One meaning that a part of a plot can have."""

    style: str
    """The style as Textual content markup: `bold $text-warning`, `on $primary 20%`."""
    sign: str = ""
    """The characters that legends and the help show for it; empty if they do not mention it."""
    meaning: str = ""
    """What the help says about the sign."""
    task: Task | None = None
    """The only task in which the sign occurs; None if it occurs in both."""


_TINTS = {"above": "primary", "below": "warning", "third": "success", "fourth": "accent"}
"""The theme color behind the region of each class."""
_STRENGTHS = (5, 12, 22, 30)
"""How strong the tints are, in percent. With a weaker third tint, a terminal of 256 colors would show dark
red instead of brown, and black instead of green. On a stronger one, signs of the class could not be read."""
_LEVELS = range(16)  # an even number, so that 0 is between the two in the middle
DIVERGING = tuple(f"diverging-{level}" for level in _LEVELS)
"""The levels of numbers on both sides of 0, from low to high."""
SEQUENTIAL = tuple(f"sequential-{level}" for level in _LEVELS)
"""The levels of numbers on one side of 0, from low to high."""
_TESTED, _FAINT, _WRONG = "-tested", "-faint", "-wrong"
_WAYS = {
    f"{tested}{faint}{wrong}": f"{looks_wrong}{looks_faint}{looks_tested}"
    for tested, looks_tested in {"": "", _TESTED: "underline "}.items()
    for faint, looks_faint in {"": "", _FAINT: "dim "}.items()
    for wrong, looks_wrong in {"": "", _WRONG: "bold reverse "}.items()
}
"""What ends the role of a class's samples, and begins their style."""
_PINS = ("$text-muted", "$text-accent", "$text-error", "$text-secondary")
"""The styles of the first, the second, the third and the fourth pin."""
_PARTS = ("$text-primary", "$text-success", "$text-accent", "$text-error")
"""The styles of the hidden units' contributions, which repeat."""

ROLES: dict[str, Role] = {
    "axes": Role("$text-muted"),
    "target": Role("dim $text-secondary", "─", "true function or border"),
    "fit": Role("bold $text-warning", "━", "the network's output", "regression"),
    "output": Role("bold $text-warning", "+", "predicted over actual", "regression"),
    "sample": Role("$foreground", "•", "training sample", "regression"),
    "test": Role("$text-primary", "o", "test sample", "regression"),
    "far": Role("bold $text-error", "! ◎", "training, test: large error", "regression"),
    "sample-faint": Role("dim $foreground"),
    "test-faint": Role("dim $text-primary"),
    "far-faint": Role("dim $text-error"),
    **{
        f"{name}{way}": Role(f"{how}$text-{tint}")
        for name, tint in _TINTS.items()
        for way, how in _WAYS.items()
    },
    "above": Role("$text-primary", "+ x o v s", "training sample by its class", "classification"),
    "tested": Role("$text-primary", "1 2 3 4 5", "test sample by its class", "classification"),
    "wrong": Role("bold reverse $foreground", "# X 1 2", "predicted wrong, by its class", "classification"),
    "mislabeled": Role("bold reverse $text-error", "?", "look inside: a wrong label", "classification"),
    "border": Role("$text", "━", "border between predicted classes", "classification"),
    "present": Role("bold $text-accent"),
    "compared": Role("$text-muted", "⠂", "run before"),
    **{f"pin-{letter}": Role(style) for letter, style in zip("ABCD", _PINS, strict=True)},
    "part-1": Role(_PARTS[0], "1 2 b", "look inside: a unit's contribution, the bias", "regression"),
    **{f"part-{number}": Role(style) for number, style in enumerate(_PARTS[1:], 2)},
    "part-bias": Role("$text-muted"),
    "shade": Role("$secondary-darken-1", "░▒▓█", "output, low to high", "regression"),
    "error": Role("$text-success", "━", "training"),
    "rate": Role("$text-success"),
    "limit": Role("$text-warning"),
    "cloud": Role("$text-muted", "⠅", "cloud: 10-90% of starts; ░ disagreement"),
    "median": Role("$text-muted"),
    "mean": Role("bold $text-accent", "╌", "cloud: the mean of the starts' answers"),
    "raw": Role("dim $text-success"),
    "cursor": Role("$text-accent", "│", "cursor, read in the title"),
    "mark": Role("$text-warning", "▴", "setting changed"),
    "note": Role("bold reverse $text-primary"),
    **{
        f"{role}-{strength}": Role(f"on ${color} {tint}%")
        for role, color in _TINTS.items()
        for strength, tint in enumerate(_STRENGTHS)
    },
    **{level: Role(f"on ${level}") for level in (*DIVERGING, *SEQUENTIAL)},
}
"""Every role that a series, a shade or a background of a plot can have."""


PICTURE_STYLES = {
    "map": "$text-primary",
    "below": "$text-warning",
    "below-ground": "on $warning 20%",
    "curve": "on $panel",
    **{level: ROLES[level].style for level in (*DIVERGING, *SEQUENTIAL)},
}
"""The style of each role of a unit's picture: outputs from 0 on and below 0, backgrounds, and levels."""


REVERSED = tuple(name for name, role in ROLES.items() if "reverse" in role.style)
"""The roles whose background is a color of their own, which no blank beside them may take."""


def class_role(number: int) -> str:
    """The role of a class's samples and curve, and the first word of its tints; they repeat."""
    return tuple(_TINTS)[number % len(_TINTS)]


def tested_role(role: str) -> str:
    """The role of a class's test samples where they have the sign of the training samples: underlined."""
    return f"{role}{_TESTED}"


def faint_role(role: str) -> str:
    """The role of the samples in another one that are far from the plane that is drawn."""
    return f"{role}{_FAINT}"


def wrong_role(role: str) -> str:
    """The role of the samples in another one that are predicted wrong, in the same color."""
    return f"{role}{_WRONG}"


def check_role(name: str) -> None:
    """Raise a ValueError if there is no role with this name."""
    if name not in ROLES:
        raise ValueError(f"unknown role {name!r}: a plot has {', '.join(ROLES)}")
