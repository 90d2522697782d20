"""A run: what trains it, its timeline, what it reports, and what is measured of it."""
