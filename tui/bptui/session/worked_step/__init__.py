"""The box: a training step number by number, with the position in it and what is shown there."""
