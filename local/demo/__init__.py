"""The demonstration: Tandem's story in a terminal, against both simulated systems, checked while it is told."""
