"""The widgets of a tab. Each one draws what it is given, and knows no other widget."""
