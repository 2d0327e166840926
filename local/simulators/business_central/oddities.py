"""A person writes an odd value into some record, through the rules of the client."""

from __future__ import annotations

import random
from typing import Any

from local.simulators.business_central.editing import modify
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.schema import EntityType, Property
from local.simulators.business_central.storage import Company
from local.simulators.odd import odd_number, odd_text

TABLES = ("customers", "contacts", "vendors", "items")
TRIES = 8
"""A rule of the table may refuse a value, as it refuses a person."""


def write_oddly(env: Environment, draw: random.Random) -> bool:
    """Write one odd value; false where there is no record or every value tried was refused."""
    with env.lock:
        places = [
            (company, env.types[name])
            for company in env.companies.values()
            for name in TABLES
            if name in env.types and name in company.tables and company.tables[name].rows
        ]
        return bool(places) and any(_tried(env, draw, *draw.choice(places)) for _ in range(TRIES))


def _tried(env: Environment, draw: random.Random, company: Company, entity: EntityType) -> bool:
    row_id = draw.choice(list(company.tables[entity.name].rows))
    prop = draw.choice([each for each in entity.properties.values() if _is_free(each)])
    value: Any = odd_text(draw, prop.max_length) if prop.kind == "text" else odd_number(draw)
    try:
        with env.transaction(person=True) as unit:
            modify(env.session(company, unit), entity, row_id, {prop.name: value}, "*")
    except ApiError:
        return False
    return True


def _is_free(prop: Property) -> bool:
    return prop.kind in ("text", "decimal") and not prop.read_only
