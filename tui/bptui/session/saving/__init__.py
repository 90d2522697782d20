"""What the user saves and opens: the kinds of files, their names, and pictures of the screen."""
