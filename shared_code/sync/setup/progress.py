"""How far the setting up is.  Nothing of it is noted: each step is what is so, and can be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.setup.choosing import listed


class Step(StrEnum):
    """The steps, in order."""

    SALES = "sales"
    BUSINESS_CENTRAL = "business-central"
    WHAT = "what"
    HOW = "how"
    CHECK = "check"
    COUPLE = "couple"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done, and what each step holds by now."""

    done: frozenset[Step]
    sales_url: str
    environment: str
    companies: tuple[str, ...]
    features: tuple[str, ...]
    mappings: tuple[str, ...]

    @property
    def next(self) -> Step:
        """The first step that is not done; the last one where all are."""
        return next((each for each in Step if each not in self.done), Step.RUN)


def progress(parts: Parts, at: ConnectionParts | None) -> Progress:
    """How far it is, from the settings and what is on file: two or three requests to storage."""
    settings = parts.connector.settings()
    ran = at is not None and bool(at.watermarks.started(at.mappings) or at.full_syncs.running())
    examined = at is not None and (ran or bool(at.identities.get().known))
    done = {
        Step.SALES: bool(settings.get("SALES_URL")),
        Step.BUSINESS_CENTRAL: bool(settings.get("BUSINESS_CENTRAL_COMPANIES")),
        Step.WHAT: at is not None and bool(settings.get("MAPPINGS") or ran),
        Step.HOW: examined or bool(settings.get("ORDER_ACCOUNTS") or settings.get("OWNING_TEAMS")),
        Step.CHECK: examined,
        Step.COUPLE: at is not None and (ran or bool(at.match_reports.newest(1))),
        Step.RUN: ran,
    }
    return Progress(
        done=frozenset(step for step, is_done in done.items() if is_done),
        sales_url=settings.get("SALES_URL", ""),
        environment=settings.get("BUSINESS_CENTRAL_ENVIRONMENT", ""),
        companies=tuple(e.partition("=")[0] for e in listed(settings.get("BUSINESS_CENTRAL_COMPANIES", ""))),
        features=tuple(listed(settings.get("FEATURES", ""))),
        mappings=tuple(listed(settings.get("MAPPINGS", ""))),
    )
