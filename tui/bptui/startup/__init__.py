"""What a process prepares first, and what the screen opens with."""
