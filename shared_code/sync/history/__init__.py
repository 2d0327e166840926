"""History: what was written to a record, why it holds what it holds, and taking it back."""
