"""Availability of items, for people and programs that wait for the answer."""
