"""Teaching with lessons: checks whether what a lesson says is true, and grades what is handed in."""
