"""The server of `bptui serve`: its visitors, their sessions, and the page that shows one in a browser."""
