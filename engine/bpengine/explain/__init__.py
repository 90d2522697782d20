"""What the numbers of a run mean: every number of a step, its formula, its check, and diagnostics."""
