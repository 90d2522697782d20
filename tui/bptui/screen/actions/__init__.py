"""What commands do on the panels, on the settings, and with the dialogs and screens over a tab."""
