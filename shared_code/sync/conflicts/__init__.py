"""Conflicts: listed with all that helps to decide, and decided by people."""
