"""Measures the matching report: any number of generated records of each side, over the storage emulator."""
