"""The entity sets of Tandem's own Business Central extension, below ``/api/tandem/sync/v1.0``.

Their shapes are in ``schema/extension/``.
"""

from __future__ import annotations

from local.simulators.business_central.tables import posted
from local.simulators.business_central.tables.extension import (
    availability,
    availability_events,
    changes,
    notes,
    orders,
    own,
    states,
    views,
)

RULES = {
    **own.RULES,
    **views.RULES,
    **posted.RULES,
    **changes.RULES,
    **availability.RULES,
    **availability_events.RULES,
    **states.RULES,
    **orders.RULES,
    **notes.RULES,
}
