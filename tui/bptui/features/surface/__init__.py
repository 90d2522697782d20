"""The surface: the error over a plane through the weights."""
