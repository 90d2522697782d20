"""The roles of a plot: what each part stands for, how it looks, and how legends and the help show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """One meaning that a part of a plot can have."""

    look: str
    """The style in Textual's words for content: `bold $text-warning`, `on $primary 20%`."""
    sign: str = ""
    """The characters that legends and the help show for it; empty if they do not mention it."""
    meaning: str = ""
    """What the help says about the sign."""


_TINTS = {"above": "primary", "below": "warning", "third": "success"}
"""The theme color behind the region of each class."""
_STRENGTHS = (10, 22, 35)
"""How strong the tints are, in percent. In 256 colors, a weaker second one would be dark red in place of
brown, and black in place of green."""

ROLES: dict[str, Role] = {
    "axes": Role("$text-muted"),
    "target": Role(
        "$text-secondary",
        "╌",
        "dashed: what is to be learned, that is the function or the border between the classes",
    ),
    "fit": Role("bold $text-warning", "━", "regression: the output of the network"),
    "output": Role("bold $text-warning", "+", "regression from many inputs: a sample, predicted over actual"),
    "sample": Role(
        "$text-muted",
        "•",
        "a training sample; samples without noise lie on the dashed line and are not drawn",
    ),
    "test": Role("$text-primary", "o", "a test sample, with which the network is not trained"),
    "above": Role(
        "$text-primary",
        "+ x o",
        "classification: the predicted class of each sample, over the predicted regions",
    ),
    "below": Role("$text-warning"),
    "third": Role("$text-success"),
    "wrong": Role(
        "bold $text-error", "⊕ ⊗ ◎ !", "a sample that is predicted wrong; on a map, ! far from its target"
    ),
    "border": Role("$text"),
    "compared": Role(
        "$text-muted",
        "⠂",
        "dotted: a pinned run or, in the error curve, the run before the last restart",
    ),
    "part": Role("$text-primary", "⠂", "dotted, after v: the contribution of a hidden unit"),
    "shade": Role("$secondary-darken-1"),
    "error": Role("$text-success"),
    "raw": Role("dim $text-success"),
    "cursor": Role(
        "$text-accent",
        "│",
        "in the error curve, after ← →: the cursor, whose epoch and errors the title shows",
    ),
    "mark": Role("$text-warning", "▴", "below the error curve: settings were changed in this epoch"),
    **{
        f"{role}-{strength}": Role(f"on ${color} {tint}%")
        for role, color in _TINTS.items()
        for strength, tint in enumerate(_STRENGTHS, 1)
    },
}
"""Every role that a series, a shade or a ground of a plot can have."""


def check_role(name: str) -> None:
    """Raise a ValueError that names the role if there is none of this name."""
    if name not in ROLES:
        raise ValueError(f"unknown role {name!r}: a plot has {', '.join(ROLES)}")
