"""Checks of the code that no ready-made tool does. Each runs as a module with an optional root folder."""
