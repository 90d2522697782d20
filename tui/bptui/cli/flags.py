"""The flags for all settings, grouped by subject, and those that name a cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELD, FIELDS, ChoiceField, ConfigError, Field, NamesField
from bpengine.data.formulas.fields import FeaturesField, FormulaField, RangeField
from bpengine.kernels.choice import KERNELS
from bptui.cli.file_checks import errors_naming
from bptui.cli.parsing import BadUseError, Parser, add_choice, add_file, make_parser, needs
from bptui.cli.which_run import MEANT, add_kept_folder, add_named
from bptui.settings.options import DATA_OPTIONS, as_flag, by_subject, default_text

if TYPE_CHECKING:
    from bptui.experiments.cluster.address import ClusterAddress

CLUSTER, CLUSTER_TLS = "--cluster", "--cluster-tls"
AUTO = "auto"
"""The default kernel."""
_LISTED = (ChoiceField, NamesField, FormulaField, RangeField, FeaturesField)
"""The types of settings whose allowed values the help lists."""


def run_parser(text: str | None, **settings: Any) -> Parser:
    """A parser for a command on a run: with the task and all settings.

    Args:
        text: see `make_parser`.
        settings: the arguments of `add_settings`.
    """
    made = make_parser(text)
    add_named(made, otherwise="required")
    add_settings(made, **settings)
    add_kept_folder(made)
    return made


def add_settings(
    parser: Parser, *, kernel: bool = False, screen: Iterable[Field] = (), resumes: bool = True
) -> None:
    """Add flags for the hyperparameters, the data, a settings file and a checkpoint.

    Args:
        parser: the parser to add to.
        kernel: whether the user may choose what computes.
        screen: the options of the screen to add.
        resumes: whether the run may be resumed from a checkpoint.
    """
    parser.set_defaults(spell=as_flag)
    for subject, fields in by_subject((*FIELDS, *DATA_OPTIONS)).items():
        group = parser.add_argument_group(subject)
        add_flags(group, fields)
        for field in fields:
            parser.synonyms[field.flag] = tuple(f"--{name.replace(' ', '-')}" for name in field.names)
    group = parser.add_argument_group("settings and state")
    add_file(group, "--config", "take settings from a TOML file; flags override it")
    if resumes:
        resumed = f"continue a run with its settings: {MEANT}"
        group.add_argument("--resume", type=Path, metavar="RUN", help=resumed)
    else:
        parser.set_defaults(resume=None)
    if kernel:
        choice = (
            "what computes, with the same numbers: NumPy until numba's machine code is loaded (auto), "
            f"NumPy only (numpy), or machine code from the start (numba) (default: {AUTO})"
        )
        add_choice(group, "--kernel", KERNELS, choice, default=AUTO)
    else:
        parser.set_defaults(kernel=AUTO)
    add_flags(group, screen)


def add_flags(group: argparse._ActionsContainer, fields: Iterable[Field]) -> None:
    """Add the flags of these settings."""
    for field in fields:
        kind: dict[str, Any] = {"action": argparse.BooleanOptionalAction}
        if field.metavar:
            kind = {"type": parser_of(field), "metavar": field.metavar}
        group.add_argument(field.flag, dest=field.name, help=_help_of(field), **kind)


def given(options: argparse.Namespace) -> dict[str, Any]:
    """The hyperparameters and data options that were given as flags, by name."""
    names = [*FIELD, *(option.name for option in DATA_OPTIONS)]
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def parser_of(field: Field) -> Callable[[str], Any]:
    """The argparse type of a setting."""

    def parsed(text: str) -> Any:
        try:
            return field.parse(text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(error.reason) from None

    return parsed


def _help_of(field: Field) -> str:
    choices = f" Allowed: {field.allowed}." if isinstance(field, _LISTED) else ""
    if field.name == "dataset":
        choices = f" Other flags and a settings file override these settings.{choices}"
    text = f"{field.label}, {field.symbol}: {field.help}{choices}"
    if not field.symbol:
        text = field.help[0].lower() + field.help[1:].rstrip(".")
    default = default_text(field)
    return (f"{text} (default: {default})" if default else text).replace("%", "%%")


def add_cluster(parser: Parser) -> None:
    """Add the flags that name a cluster."""
    group = parser.add_argument_group("cluster (docs/clusters.md)")
    group.add_argument(
        CLUSTER,
        metavar="ADDRESS",
        help="train on the workers of a Dask cluster, with its scheduler at tcp://HOST:PORT or tls://..."
        " (needs the extra cluster)",
    )
    group.add_argument(
        CLUSTER_TLS,
        nargs=3,
        type=Path,
        metavar=("CA", "CERT", "KEY"),
        help="for tls://: the certificate of the authority, and one for this program with its key (PEM)",
    )


def cluster_of(options: argparse.Namespace) -> ClusterAddress | None:
    """The requested cluster, or None.

    Raises:
        BadUseError: the address is malformed, or does not go with the certificates.
    """
    if options.cluster is None:
        if options.cluster_tls is not None:
            raise BadUseError(f"argument {CLUSTER_TLS}: {needs(CLUSTER)}")
        return None
    from bptui.experiments.cluster.address import ClusterAddress, ClusterError

    with errors_naming(f"argument {CLUSTER}", ClusterError):
        return ClusterAddress(options.cluster, options.cluster_tls and tuple(options.cluster_tls))
