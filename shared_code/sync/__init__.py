"""The use cases: detect, process a batch, full synchronisation, match, release."""
