"""What the screen opens with, and what is loaded only after the first frame."""
