"""The run on screen: the session that drives it, and the frozen snapshots that it hands out."""
