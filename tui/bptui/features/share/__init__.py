"""A run as one page or one moving picture."""
