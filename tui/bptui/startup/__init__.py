"""What a process prepares first, what the screen opens with, and the limits of a restricted one."""
