"""What people do with the wider parts of the catalogue, in seeds that have some (see ``wider``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from local.simulate.dated_actions import OF_DATES
from local.simulate.dates import PART
from local.simulate.document_actions import OF_INVOICES, OF_MEMOS
from local.simulate.fields import Pair
from local.simulate.observing import Key
from local.simulate.people import People

type Action = Callable[[People], None]


def needed_wider(people: People, pair: Pair, company: str, number: str) -> dict[str, Any] | None:
    """What a new record of Business Central needs beside its text; ``None`` where it cannot be made now."""
    match pair.mapping:
        case "RESOURCE-PRODUCT":
            return {"number": number, "type": "Person", "baseUnitOfMeasureCode": "HOUR"}
        case "RESOURCE UOM":
            return _below(people, "tandem/resources", company, "resourceNumber", "DAY")
        case "ITEM VARIANT-PRODUCT":
            return _below(people, "items", company, "itemNumber", number)
        case "SHIP-TO ADDRESS":
            return _below(people, "customers", company, "customerNumber", number)
    return None


def _below(people: People, table: str, company: str, name: str, code: str) -> dict[str, Any] | None:
    """A record with a code below one of another table, that ``name`` names."""
    owner = _one(people, table, company)
    return {name: people.observer.present[owner]["number"], "code": code} if owner else None


def _one(people: People, table: str, company: str) -> Key | None:
    found = [each for each in people.observer.present if each.table == table and each.company == company]
    return people.rng.choice(found) if found else None


def change_agent(people: People) -> None:
    """Another shipping agent for a customer or an account, or none."""
    key = people.pick(people.pairs["CUSTOMER"])
    if key is None:
        return
    if key.side == "sales":
        option = people.rng.choice((*_options(people), None))
        changed = people.write(key, {"address1_shippingmethodcode": option})
    else:
        agents = [values["code"] for each, values in people.observer.present.items() if each.table == AGENTS]
        code = people.rng.choice((*agents, ""))
        changed = _write_extended(people, key, {"shippingAgentCode": code})
    if changed:
        people.count("agent_changed")


def _write_extended(people: People, key: Key, changes: dict[str, Any]) -> bool:
    """Change what only the extension shows of a record."""
    person = people.bc[key.company]
    extended = replace(person, root=person.root.replace("/api/v2.0/", "/api/tandem/sync/v1.0/"))
    return people.call("bc", key.company, "PATCH", f"{key.table}({key.id})", changes, extended) is not None


def _options(people: People) -> list[int]:
    """The options that Sales has for shipping agents."""
    path = (
        "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='address1_shippingmethodcode')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"
    )
    found = people.call("sales", "", "GET", path)
    return [each["Value"] for each in found["OptionSet"]["Options"]] if found else []


AGENTS = "tandem/shippingAgents"


def add_agent(people: People) -> None:
    """A new shipping agent, for which Sales has no option."""
    company = people.rng.choice(sorted(people.bc))
    code = f"A{people.rng.randrange(10**6):06d}"
    if people.add_row(company, AGENTS, {"code": code, "displayName": f"Agent {code}"}):
        people.count("agent_added")


_OF: Mapping[str, tuple[tuple[Action, float], ...]] = {
    "agents": ((change_agent, 12), (add_agent, 2)),
    "invoices": OF_INVOICES,
    "memos": OF_MEMOS,
    PART: OF_DATES,
}


def wider_actions(parts: tuple[str, ...]) -> tuple[tuple[Action, float], ...]:
    """What people do in a seed with these parts."""
    return tuple(action for part in parts for action in _OF.get(part, ()))


def wider_tables(parts: tuple[str, ...]) -> dict[str, list[str]]:
    """Tables without a pair that are watched in a seed with these parts."""
    lines = ["invoicedetail", "pricelevel"] if "invoices" in parts else []
    return {"bc": [AGENTS] if "agents" in parts else [], "sales": lines}
