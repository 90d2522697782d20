"""The run on screen: the state machine between keys and trainer, and the frozen snapshots that it hands out."""
