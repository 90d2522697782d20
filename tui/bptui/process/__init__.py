"""The process: what it prepares, the signals that end it, its encoding, and its limits."""
