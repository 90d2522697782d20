"""What the screen opens with, and what waits until the first frame has been drawn."""
