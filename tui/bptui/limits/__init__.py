"""The limits of a restricted session, and what of them is left."""
