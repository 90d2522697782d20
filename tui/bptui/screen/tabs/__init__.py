"""The tabs: what each shows of its run."""
