"""The exceptions of a cluster."""


class ClusterError(RuntimeError):
    """The cluster can't be used, or no longer; the message is one line."""
