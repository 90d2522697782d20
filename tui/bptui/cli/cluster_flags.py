"""The flags that name a cluster."""

from __future__ import annotations

import argparse
from pathlib import Path

from bptui.cli.parsing import BadUseError, Parser
from bptui.cluster.address import ClusterAddress
from bptui.cluster.errors import ClusterError

CLUSTER, CLUSTER_TLS = "--cluster", "--cluster-tls"


def add_cluster(parser: Parser) -> None:
    """Add the flags to a parser."""
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
            raise BadUseError(f"argument {CLUSTER_TLS}: needs {CLUSTER}")
        return None
    try:
        return ClusterAddress(options.cluster, options.cluster_tls and tuple(options.cluster_tls))
    except ClusterError as error:
        raise BadUseError(f"argument {CLUSTER}: {error}") from None
