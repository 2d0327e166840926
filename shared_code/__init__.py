"""Tandem: what keeps Dynamics 365 Sales and Business Central in step."""
