"""What helps: changes of the settings, tried on many starts."""
