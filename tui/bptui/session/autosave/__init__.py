"""Kept runs: the state of the screen when it ends, in a file that the next start continues from."""
