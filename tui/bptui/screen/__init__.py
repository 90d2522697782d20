"""The screen: the Textual app, its tabs with their widgets, its dialogs, the drawings and the terminal."""
