"""Who does the arithmetic of training: one interface, and several ways to run it."""
