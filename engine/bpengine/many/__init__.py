"""Many runs: side by side, in jobs, in sweeps, as experiments."""
