"""Previews: a full synchronisation on paper, by the very use cases that run it for real."""
