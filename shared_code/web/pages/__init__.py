"""Every page and act of the site, with the role it needs."""

from __future__ import annotations

from shared_code.web.pages import jobs, overview
from shared_code.web.router import Route

ROUTES: tuple[Route, ...] = (*overview.ROUTES, *jobs.ROUTES)
