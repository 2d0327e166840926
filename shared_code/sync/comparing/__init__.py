"""Comparing: whether both sides still are what is on file."""
