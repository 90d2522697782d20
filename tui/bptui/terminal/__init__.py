"""The terminal: its driver and signals, slow links, colors and characters."""
