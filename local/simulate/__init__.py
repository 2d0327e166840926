"""Deterministic simulation: the real use cases under one seeded scheduler, with faults and checkers."""
