"""The state of one simulated environment, and who is calling."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.simulators import conditions
from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.limits import Limits
from local.simulators.business_central.loading import Records, build_company, read_folder
from local.simulators.business_central.notifications import Call, Notifications
from local.simulators.business_central.options import Options, Permissions
from local.simulators.business_central.request_log import RequestLog
from local.simulators.business_central.schema import STANDARD_API, EntityType, entity_types, own_types
from local.simulators.business_central.session import Reader, Session
from local.simulators.business_central.storage import Change, Company, Unit, Writing
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import stamp_ms
from local.simulators.tokens import Identity
from local.simulators.wire import Clock

_CORRELATION = uuid.UUID("2a9e0f3c-52d1-4c57-8f0a-1b8f3c8a7d10")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls which API, with what headers (names lower-case), and its absolute root for links."""

    identity: Identity
    permissions: Permissions
    base: str
    headers: Mapping[str, str]
    api: str = STANDARD_API

    @property
    def user(self) -> str:
        """Limits and logs go by person, else by application."""
        return self.identity.user or self.identity.client_id

    @property
    def user_id(self) -> str:
        return str(uuid.uuid5(_CORRELATION, self.user))

    @property
    def prefer(self) -> str:
        return self.headers.get("prefer", "")

    def may(self, entity: EntityType, *, write: bool) -> None:
        """Raise 403 where the user lacks the right."""
        allowed = self.permissions.write if write else self.permissions.read
        if allowed is not None and entity.name not in allowed:
            right = "Modify" if write else "Read"
            raise ApiError(
                403,
                "Authorization_RequestDenied",
                f"Sorry, the current permissions prevented the action. (TableData {entity.table} {right})",
            )


class Environment:
    """Companies, options, counters; ``lock`` guards every read and write of rows."""

    def __init__(self, options: Options, clock: Clock, call: Call) -> None:
        self.options = options
        self.clock = clock
        self.types = {**entity_types(options.version), **own_types(options.own_pages, options.version)}
        self.companies: dict[str, Company] = {}
        self.lock = threading.RLock()
        self.log = RequestLog()
        self.limits = Limits(options, clock)
        self.notifications = Notifications(options, clock, call)
        self.last_version = 0
        self._correlations = itertools.count(1)
        self.stale_s = 0.0
        """How far back a stale read may see; 0 where none is expected."""

    def next_version(self) -> int:
        self.last_version += 1
        return self.last_version

    def correlation_id(self) -> str:
        return str(uuid.uuid5(_CORRELATION, str(next(self._correlations))))

    def load_company(self, entry: Mapping[str, str], data: Path | Records) -> Company:
        """Add or replace a company; ``entry`` has name and maybe id, displayName, localCurrencyCode."""
        records = read_folder(data) if isinstance(data, Path) else data
        with self.lock:
            node = len(self.companies) + 1
            now = self.clock.time()
            company = build_company(entry, records, self.types, node, now, self.next_version)
            company.clock = self.clock.time
            company.last_version = lambda: self.last_version
            self.companies[company.id] = company
        return company

    def company_named(self, name_or_id: str) -> Company | None:
        """A company by id or by exact name."""
        found = self.companies.get(name_or_id.lower())
        return found or next((c for c in self.companies.values() if c.name == name_or_id), None)

    def reader(self, company: Company, headers: Mapping[str, str], *, primary: bool = False) -> Reader:
        """Reads go to a replica that may lag, unless the set or the caller asks for the primary."""
        now = self.clock.time()
        primary = primary or headers.get("data-access-intent", "").lower() == "readwrite"
        lag_s = 0.0 if primary else self._lag_s(company, now)
        horizon = now - self._kept_s
        for table in company.tables.values():
            if table.hides:
                table.forget_hidden(horizon)
        return Reader(company, now - lag_s, self.types)

    @property
    def _kept_s(self) -> float:
        return max(self.options.replica_lag_s, self.stale_s)

    def _lag_s(self, company: Company, now: float) -> float:
        """How far the replica lags for this read; a stale one is counted where it has something to hide."""
        usual_s = self.options.replica_lag_s
        older = self.stale_s > usual_s and any(
            table.changed_since(now - self.stale_s) for table in company.tables.values()
        )
        return self.stale_s if older and conditions.happens(conditions.Condition.STALE_READ) else usual_s

    def new_unit(self, *, person: bool) -> Unit:
        """A transaction; one of a person may commit late, its stamps then lie in the past."""
        now = self.clock.time()
        late_s = self.options.late_commit_s or conditions.late_s() if person else 0.0
        writing = Writing(now, stamp_ms(now), now + late_s, self._kept_s)
        return Unit(writing, self.next_version)

    @contextmanager
    def transaction(self, *, person: bool) -> Iterator[Unit]:
        """Commits at the end of the block; when it raises, undoes all since the last commit inside."""
        with self.lock:
            unit = self.new_unit(person=person)
            try:
                yield unit
            except BaseException:
                unit.roll_back()
                self.commit(unit)
                raise
            self.commit(unit)

    def commit(self, unit: Unit) -> None:
        """Tell the log and the subscribers."""
        changes = unit.kept + unit.changes
        for change in changes:
            self.log.write(change.table, change.kind)
        self.notifications.record(changes, self._shows)

    def _shows(self, table: str, change: Change) -> bool:
        """Whether the entity set shows the changed row; of a deleted one nothing else is known."""
        company, rules = self.companies[change.company_id], RULES[table]
        row = company.tables[rules.source].rows.get(change.row_id)
        if row is None or rules.project is None:
            return True
        return rules.project(Reader(company, float("inf"), self.types), row) is not None

    def session(self, company: Company, unit: Unit) -> Session:
        return Session(company, unit, self.types)
