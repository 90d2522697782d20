"""Screens and dialogs that open over the tabs."""
