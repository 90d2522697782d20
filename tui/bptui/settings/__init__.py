"""Every setting that a user can give, the TOML file that holds them, and the generated reference."""
