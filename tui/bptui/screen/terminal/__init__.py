"""The terminal: driver and signals, slow connections, colors and characters."""
