"""The demonstration: Tandem's story in a terminal, checked while it is told."""
