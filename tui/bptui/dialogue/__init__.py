"""`bptui --plain`: the trainer as a line dialogue, for screen readers and simple terminals."""
