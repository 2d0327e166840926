"""Security roles: which privileges they hold, and who was given them.

Privileges are called ``prv<Action><Name>``; some tables have none of their own and are covered by another's
(Microsoft docs: developer/security-access-coding, security-roles-privileges; the templates' ids are those
that Business Central's setup asks for).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from local.simulators.dataverse.schema import Schema

ADMINISTRATOR = "627090ff-40a3-4053-8790-584edc5be201"
CUSTOMIZER = "119f245c-3cc8-4b62-b31c-d1a046ced15d"
TEMPLATES = {"System Administrator": ADMINISTRATOR, "System Customizer": CUSTOMIZER}
CUSTOMIZING = ("systemuser", "role", "solution", "asyncoperation", "importjob")
"""What customizers read beside what their work is about."""

ACTIONS = {
    "create": "Create", "read": "Read", "write": "Write", "delete": "Delete", "append": "Append",
    "append_to": "AppendTo", "assign": "Assign", "share": "Share",
}  # fmt: skip
CALLED = {
    "salesorder": ("Order",),
    "systemuser": ("User",),
    "annotation": ("Note",),
    "customeraddress": ("Account", "Contact"),
} | {
    table: (name,)
    for name, tables in {
        "Product": ("pricelevel", "productpricelevel", "uom", "uomschedule", "discounttype", "discount"),
        "Order": ("salesorderdetail",),
        "Invoice": ("invoicedetail",),
        "Quote": ("quotedetail",),
    }.items()
    for table in tables
}
"""Tables whose privileges are not called after them."""
NOT_TABLES = (
    "Activity", "Quote", "Entity", "Attribute", "Relationship", "OptionSet", "EntityKey", "Customization",
)  # fmt: skip
"""Names in privileges that stand for tables and definitions that are not simulated."""

Privileges = Mapping[str, frozenset[str]]


def names_for(schema: Schema, table: str) -> tuple[str, ...]:
    """What a table's privileges are called after."""
    return CALLED.get(table, (schema.tables[table].schema_name,))


def known(schema: Schema, name: str) -> bool:
    """Whether there is a privilege of this name."""
    nouns = {noun for table in schema.tables for noun in names_for(schema, table)} | set(NOT_TABLES)
    return any(name == f"prv{verb}{noun}" for verb in ACTIONS.values() for noun in nouns)


def tables_of(schema: Schema, names: Iterable[str]) -> Privileges:
    """What may be done with which table by whoever holds these privileges."""
    held = frozenset(names)
    found = {
        table: frozenset(
            action
            for action, verb in ACTIONS.items()
            if any(f"prv{verb}{noun}" in held for noun in names_for(schema, table))
        )
        for table in schema.tables
    }
    return {table: actions for table, actions in found.items() if actions}


def names_of(schema: Schema, privileges: Privileges) -> Iterator[str]:
    """The privileges that allow this, by name; each once."""
    found = {
        f"prv{ACTIONS[action]}{noun}"
        for table, actions in privileges.items()
        if table in schema.tables
        for action in actions
        for noun in names_for(schema, table)
    }
    yield from sorted(found)


@dataclass
class Roles:
    """What each role holds, by role id, and the roles of each user and team."""

    schema: Schema
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)

    def is_administrator(self, user_id: str) -> bool:
        return self._has(user_id, ADMINISTRATOR)

    def may_customise(self, user_id: str) -> bool:
        return self._has(user_id, ADMINISTRATOR, CUSTOMIZER)

    def names(self, user_id: str) -> frozenset[str]:
        """The privileges that a user's roles hold."""
        if self.is_administrator(user_id):
            return frozenset(names_of(self.schema, self.privileges(user_id)))
        return frozenset().union(*(self.held.get(role, frozenset()) for role in self.given.get(user_id, ())))

    def privileges(self, user_id: str) -> Privileges:
        """What a user may do by roles alone."""
        if self.is_administrator(user_id):
            return dict.fromkeys(self.schema.tables, frozenset(ACTIONS))
        held = dict(tables_of(self.schema, self.names(user_id)))
        if self.may_customise(user_id):
            held |= {table: held.get(table, frozenset()) | {"read"} for table in CUSTOMIZING}
        return held

    def _has(self, user_id: str, *templates: str) -> bool:
        return any(self.templates.get(role) in templates for role in self.given.get(user_id, ()))
