"""The run in time: earlier epochs on view, and the original run that a branch is compared with."""
