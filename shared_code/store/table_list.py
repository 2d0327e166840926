"""The tables that Tandem keeps in storage."""

from __future__ import annotations

from shared_code.store import (
    announcements,
    compares,
    connection_settings,
    couplings,
    full_syncs,
    identities,
    jobs,
    journal,
    mapping_files,
    match_reports,
    pairs,
    permits,
    poison,
    previews,
    rulebooks,
    schedules,
    schema,
    tallies,
    undos,
    waiters,
    watermarks,
    webhooks,
)

TABLES = (
    couplings.TABLE,
    jobs.JOBS,
    jobs.BATCHES,
    watermarks.TABLE,
    schedules.TABLE,
    full_syncs.TABLE,
    journal.TABLE,
    waiters.TABLE,
    poison.TABLE,
    identities.TABLE,
    permits.TABLE,
    webhooks.TABLE,
    pairs.TABLE,
    mapping_files.TABLE,
    match_reports.TABLE,
    announcements.TABLE,
    rulebooks.TABLE,
    undos.TABLE,
    compares.TABLE,
    previews.TABLE,
    connection_settings.TABLE,
    tallies.TABLE,
    schema.TABLE,
)
"""Every table Tandem keeps."""

FILLED_FIRST = (identities.TABLE, couplings.TABLE, schedules.TABLE, watermarks.TABLE)
"""Tables of which one holds something as soon as anything was ever synchronised."""
