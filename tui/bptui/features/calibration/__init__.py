"""How sure: the confidence of the test samples beside what is right."""
