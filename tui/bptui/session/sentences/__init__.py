"""The sentences of the status line: answers to keys, problems, and what the run is compared with."""
