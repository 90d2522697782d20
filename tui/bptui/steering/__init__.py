"""The other end of steering: which runs there are, what can be asked of them, and the screen of one."""
