"""bptui: a live trainer for small neural networks in a terminal."""

__version__ = "0.1.0"
