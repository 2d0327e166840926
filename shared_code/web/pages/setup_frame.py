"""What every page of the setup guide shows around its step."""

from __future__ import annotations

from typing import Any

from shared_code.sync.setup.progress import Step, progress
from shared_code.web.messages import Reply
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit

TITLES = {
    Step.SALES: phrase("Connect to Sales"),
    Step.BUSINESS_CENTRAL: phrase("Connect to Business Central"),
    Step.WHAT: phrase("Choose what to synchronise"),
    Step.HOW: phrase("Decide how it works"),
    Step.CHECK: phrase("Check rights and tables"),
    Step.COUPLE: phrase("Couple what belongs together"),
    Step.RUN: phrase("Run the full synchronisation"),
}
PLACE = "setup"


def step_page(visit: Visit, step: Step | None, template: str, status: int = 200, **values: Any) -> Reply:
    """A page of a step; without one the page beside the steps."""
    found = progress(visit.parts, visit.found)
    shown = {"steps": TITLES, "step": step, "progress": found, "refused": "", **values}
    return visit.page(template, status, **shown)
