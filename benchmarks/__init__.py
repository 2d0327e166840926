"""The benchmark: Tandem, other people's tools and the barest clients at the same work, side by side."""
