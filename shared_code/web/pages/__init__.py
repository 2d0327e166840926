"""Every page and act of the site, with the role it needs."""

from __future__ import annotations

from shared_code.web.pages import (
    availability,
    compares,
    conflicts,
    connection,
    couplings,
    full_sync,
    guidance,
    jobs,
    mappings,
    matching,
    overview,
    partner,
    preparing,
    problems,
    setup,
    setup_how,
    undos,
)
from shared_code.web.router import Route

ROUTES: tuple[Route, ...] = (
    *overview.ROUTES,
    *full_sync.ROUTES,
    *jobs.ROUTES,
    *mappings.ROUTES,
    *couplings.ROUTES,
    *partner.ROUTES,
    *matching.ROUTES,
    *conflicts.ROUTES,
    *problems.ROUTES,
    *undos.ROUTES,
    *compares.ROUTES,
    *availability.ROUTES,
    *connection.ROUTES,
    *setup.ROUTES,
    *setup_how.ROUTES,
    *preparing.ROUTES,
    *guidance.ROUTES,
)
