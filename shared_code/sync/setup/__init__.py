"""Setting up: connecting both systems, choosing what is synchronised, and how far that is."""
