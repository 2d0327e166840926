"""What `python dev.py` does: set-up, the storage emulator, child processes, the tests and the checks."""
