"""Features: each is a folder with all that belongs to it; the table of commands says what opens it."""
