"""The exceptions of a cluster."""


class ClusterError(RuntimeError):
    """The cluster can't be used, or can no longer be used; the message is one line."""


class SilentSchedulerError(ClusterError):
    """Something listens at the address of the scheduler, and does not answer."""
