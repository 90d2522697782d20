"""A training step opened number by number: where one is in it, and what is shown there."""
