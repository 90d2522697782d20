"""bptui: a live trainer for small neural networks in a terminal."""

__version__ = "0.2.0"
