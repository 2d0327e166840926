"""Who calls: application users and persons as ``systemuser`` rows, their privileges, impersonation.

Microsoft docs: power-platform/admin/manage-application-users; webapi/impersonate-another-user-web-api.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import Refused
from local.simulators.dataverse.options import CUSTOMER_TABLES, LINE_TABLES, SALES_TABLES, Options
from local.simulators.dataverse.roles import Roles
from local.simulators.dataverse.store import Row, Store, comparable
from local.simulators.dataverse.values import GUID, moment_text
from local.simulators.tokens import Identity, object_id

ACTIONS = ("create", "read", "write", "delete", "append")
Privileges = Mapping[str, frozenset[str]]

WEBHOOK_TABLES = ("serviceendpoint", "sdkmessageprocessingstep")
ALL_PRIVILEGES: Privileges = {
    name: frozenset(ACTIONS)
    for name in (*CUSTOMER_TABLES, *SALES_TABLES, *LINE_TABLES, *WEBHOOK_TABLES, "businessunit")
} | {"organization": frozenset({"read", "write"}), "role": frozenset({"read"})}
NOTHING: frozenset[str] = frozenset()
PUBLIC_TABLES = frozenset({"organization", "sdkmessage", "sdkmessagefilter"})
"""Every member of the organisation may read these."""


@dataclass(frozen=True)
class User:
    """What a user was given; ``customizer`` may change metadata, ``delegate`` may impersonate."""

    privileges: Privileges = field(default_factory=lambda: ALL_PRIVILEGES)
    customizer: bool = True
    delegate: bool = False


WITHOUT_ROLE = User({}, customizer=False)
"""An application user that somebody made: it may do what its roles say, and has none at first."""


@dataclass(frozen=True)
class Caller:
    """The effective user of a request; ``real_id`` is the one who called when impersonating."""

    user_id: str
    privileges: Privileges
    customizer: bool = False
    real_id: str | None = None
    shared_tag: str | None = None

    def may(self, action: str, table: str) -> bool:
        if action == "read" and table in PUBLIC_TABLES:
            return True
        return action in self.privileges.get(table, frozenset())


@dataclass
class People:
    """All users with the right to call, by ``systemuserid``."""

    store: Store
    options: Options
    tenant_id: str
    roles: Roles
    users: dict[str, User] = field(default_factory=dict)
    by_client: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    denied: Callable[[str, str, str], bool] = lambda user, table, action: False
    """Whether a user lacks a privilege just now: a condition of the service."""

    def caller(self, identity: Identity, headers: Mapping[str, str]) -> Caller:
        """The user behind an identity, after impersonation.  Raises ``Refused`` (403)."""
        user_id = self._person(identity.user) if identity.user else self._application(identity.client_id)
        if user_id is None or user_id not in self.users:
            raise Refused(403, errors.NOT_A_MEMBER, "The user is not a member of the organization.")
        self._refuse_disabled(user_id)
        user = self._with_roles(user_id, self.users[user_id])
        caller = Caller(user_id, self._with_own_tables(user.privileges), user.customizer)
        wanted = headers.get("callerobjectid"), headers.get("mscrmcallerid")
        return caller if wanted == (None, None) else self._impersonated(caller, user, *wanted)

    def _with_roles(self, user_id: str, user: User) -> User:
        """What a user was given here, and what roles add to it."""
        if not self.roles.given.get(user_id):
            return user
        by_role = self.roles.privileges(user_id)
        both = {
            table: user.privileges.get(table, NOTHING) | by_role.get(table, NOTHING)
            for table in {*user.privileges, *by_role}
        }
        return User(both, user.customizer or self.roles.may_customise(user_id), user.delegate)

    def _with_own_tables(self, privileges: Privileges) -> Privileges:
        """Whoever may do everything may do so with the tables that an administrator added, too."""
        own = [name for name in self.store.schema.tables if "_" in name]
        if privileges is not ALL_PRIVILEGES or not own:
            return privileges
        return {**privileges, **dict.fromkeys(own, frozenset(ACTIONS))}

    def add_application(self, client_id: str, user_id: str, user: User) -> None:
        """Let an application call as the ``systemuser`` row with this id."""
        self.by_client[client_id.lower()] = user_id
        self.users[user_id] = user

    def person_id(self, name: str) -> str | None:
        """The id of the person with this alias, domain name, e-mail, full name or id."""
        return self._person(name)

    def require(self, caller: Caller, action: str, table: str) -> None:
        """Raise ``Refused`` (403) unless the caller holds the privilege; the text names it."""
        if not caller.may(action, table) or self.denied(caller.user_id, table, action):
            schema = self.store.schema.tables[table]
            raise Refused(
                403,
                errors.PRIVILEGE_DENIED,
                f"Principal user (Id={caller.user_id}, type=8) is missing prv{action.capitalize()}"
                f"{schema.schema_name} privilege on OTC={schema.object_type_code} for entity '{table}'.",
            )

    def require_customizer(self, caller: Caller) -> None:
        """Raise ``Refused`` (403) unless the caller may change metadata."""
        if not caller.customizer:
            raise Refused(
                403,
                errors.PRIVILEGE_DENIED,
                f"Principal user (Id={caller.user_id}) is missing prvWriteEntity.",
            )

    def _application(self, client_id: str) -> str | None:
        known = self.by_client.get(client_id.lower())
        if known is not None or not self.options.auto_users:
            return known or self._by_column("applicationid", client_id.lower())
        return self._auto_user(client_id)

    def _auto_user(self, client_id: str) -> str:
        user_id = object_id(self.tenant_id, f"systemuser:{client_id}")
        now = moment_text(0)
        values = {"systemuserid": user_id, "fullname": f"# {client_id}", "applicationid": client_id.lower(),
                  "accessmode": 4, "isdisabled": False, "createdon": now, "modifiedon": now}  # fmt: skip
        self.store.put("systemuser", user_id, values, {})
        self.add_application(client_id, user_id, User())
        return user_id

    def _person(self, name: str) -> str | None:
        wanted = comparable(name)
        user_id = self.aliases.get(wanted) or (wanted if self.store.get("systemuser", wanted) else None)
        for column in ("domainname", "internalemailaddress", "fullname"):
            user_id = user_id or self._by_column(column, wanted)
        if user_id is not None:
            self.users.setdefault(user_id, User(customizer=False))
        return user_id

    def _by_column(self, column: str, value: str) -> str | None:
        rows = self.store.tables["systemuser"].rows.values()
        found = next((row.id for row in rows if comparable(row.values.get(column)) == value), None)
        if found is not None and column == "applicationid":
            self.users.setdefault(found, WITHOUT_ROLE)
        return found

    def _refuse_disabled(self, user_id: str) -> None:
        row = self.store.get("systemuser", user_id)
        if row is not None and row.values.get("isdisabled"):
            raise Refused(403, errors.NOT_A_MEMBER, "The specified user is disabled in the organization.")

    def _impersonated(self, caller: Caller, user: User, by_object: str | None, by_id: str | None) -> Caller:
        if not user.delegate:
            raise Refused(
                403,
                errors.PRIVILEGE_DENIED,
                f"Principal user (Id={caller.user_id}) is missing prvActOnBehalfOfAnotherUser privilege.",
            )
        row = self._impersonated_row(by_object, by_id)
        if row is None:
            raise Refused(403, errors.NOT_A_MEMBER, "The user to impersonate is not in the organization.")
        other = self.users.get(row.id, User(customizer=False))
        both = {
            table: actions & other.privileges.get(table, frozenset())
            for table, actions in caller.privileges.items()
        }
        return Caller(row.id, both, caller.customizer and other.customizer, caller.user_id)

    def _impersonated_row(self, by_object: str | None, by_id: str | None) -> Row | None:
        if by_object is not None:
            found = self._by_column("azureactivedirectoryobjectid", by_object.lower())
            return self.store.get("systemuser", found) if found else None
        wanted = (by_id or "").lower()
        return self.store.get("systemuser", wanted) if GUID.fullmatch(wanted) else None


def privileges_from(spec: Any) -> Privileges:
    """Read ``"all"`` or ``{table: [action, ...]}``.  Raises ValueError for an unknown action."""
    if spec == "all":
        return ALL_PRIVILEGES
    found = {str(table): frozenset(map(str, actions)) for table, actions in dict(spec).items()}
    if unknown := sorted(frozenset().union(*found.values()) - set(ACTIONS)):
        raise ValueError(f"unknown actions {unknown}; known are {ACTIONS}")
    return found
