"""Backup and restore of what Tandem stores: `python -m tandem.storage`."""
