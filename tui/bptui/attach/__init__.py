"""The other end of steering: which runs there are, and what can be asked of them."""
