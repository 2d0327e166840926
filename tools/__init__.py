"""Tools for developing: the storage emulator's lock and the checks of the code."""
