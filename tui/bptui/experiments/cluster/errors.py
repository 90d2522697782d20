"""The exception of a cluster."""


class ClusterError(RuntimeError):
    """The cluster can't be used, or can no longer be used; the message is one line."""
