"""The address of a cluster's scheduler, and the certificates for the connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpwords import must_be, printable_path


class ClusterError(RuntimeError):
    """The cluster can't be used, or can no longer be used; the message is one line."""


CONNECT_SECONDS = 5.0
"""How long to wait for a scheduler."""
_ADDRESS = re.compile(r"(?P<scheme>tcp|tls)://(?P<host>[^\s:/\[\]@]+|\[[0-9a-fA-F:.%]+\]):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """A scheduler's address, checked.

    Raises:
        ClusterError: the address is malformed, or does not go with the certificates.
    """

    url: str
    """A URL such as tcp://localhost:8786, or tls://..., which requires certificates."""
    certificates: tuple[Path, Path, Path] | None = None
    """PEM files: the authority's certificate, the client's certificate and its key."""

    def __post_init__(self) -> None:
        match = _ADDRESS.fullmatch(self.url)
        if match is None or not 0 < int(match["port"]) < 2**16:
            raise ClusterError(must_be("an address such as tcp://localhost:8786", self.url))
        if (match["scheme"] == "tls") != (self.certificates is not None):
            missing = "tls:// for certificates" if self.certificates else "tcp:// without certificates"
            raise ClusterError(must_be(f"an address with {missing}", self.url))

    @property
    def host(self) -> str:
        """The name or the IP address of the machine."""
        return self.url.partition("://")[2].rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port of the scheduler."""
        return int(self.url.rpartition(":")[2])

    def check_reachable(self) -> None:
        """Check at once whether something listens at the address; Dask would try again and again.

        Raises:
            ClusterError: nothing answers, or a certificate can't be read.
        """
        import socket
        import ssl

        try:
            socket.create_connection((self.host, self.port), CONNECT_SECONDS).close()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ClusterError(f"there is no scheduler at {self.url}: {reason.lower()}") from None
        if self.certificates is not None:
            authority, certificate, key = self.certificates
            context = ssl.create_default_context()
            try:
                path = authority
                context.load_verify_locations(authority)
                path = certificate
                context.load_cert_chain(certificate, key)
            except (OSError, ValueError) as error:  # ssl's errors are OSErrors
                reason = "is no such certificate, or not that of the key"
                if not isinstance(error, ssl.SSLError):
                    reason = (getattr(error, "strerror", None) or str(error)).lower()
                raise ClusterError(f"{printable_path(path)}: {reason}") from None

    def security(self) -> Any:
        """Dask's `Security`, or None for tcp."""
        if self.certificates is None:
            return None
        from distributed import Security

        authority, certificate, key = map(str, self.certificates)
        return Security(
            tls_ca_file=authority, tls_client_cert=certificate, tls_client_key=key, require_encryption=True
        )
