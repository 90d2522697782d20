"""The screen as a file: text, SVG or PNG."""
