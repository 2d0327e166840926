"""The doctor: everything that can be examined without writing, each finding with what to do."""
