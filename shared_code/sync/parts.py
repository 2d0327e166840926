"""What a use case is given: the connections with their systems, stores and mappings, and the queue."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from shared_code.core.conditions import fields_of
from shared_code.core.lines import LINE_ID
from shared_code.core.links import Addresses
from shared_code.core.mapping import Connection, FieldMapping, Mapping, TableRule, native_of
from shared_code.core.order_line_values import BC_COLUMNS
from shared_code.core.records import Side
from shared_code.core.rules_digest import digest_of
from shared_code.core.selection import Catalogue
from shared_code.core.telemetry import SILENT, Telemetry
from shared_code.runtime import Gate, OpenGate, Runtime
from shared_code.store import (
    announcements,
    couplings,
    full_syncs,
    identities,
    jobs,
    journal,
    match_reports,
    pairs,
    partings,
    rulebooks,
    schedules,
    tallies,
    waiters,
    watermarks,
)
from shared_code.store.identities import Witness
from shared_code.store.queue import Queue
from shared_code.store.tables import Tables
from shared_code.sync.availability.desk import Desk
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE, BatchDue, Message, to_text
from shared_code.sync.setup.connector import Connector, Unconnectable
from shared_code.systems.business_central_webhooks import Subscriptions
from shared_code.systems.dataverse_options import Choices
from shared_code.systems.dataverse_teams import Teams
from shared_code.systems.dataverse_webhooks import Webhooks
from shared_code.systems.interface import Column, System, Table

AGAIN_S = 3600.0
"""When a mapping that was refused is tried again: a person may have given it the right."""


class UnknownName(LookupError):
    """A connection, mapping, job or batch of that name does not exist."""


@dataclass(frozen=True)
class ConnectionParts:
    """One connection: its mappings (with what depends on the connection filled in), systems and stores.

    ``alone``: no other company works with the same Sales organisation.  ``journal_months``: how long the
    journal remembers.  ``addresses``: where people open the two systems, the company left out.
    """

    connection: Connection
    mappings: MappingOf[str, Mapping]
    systems: MappingOf[Side, System]
    tables: Tables
    alone: bool = True
    journal_months: int = journal.KEEP_MONTHS
    addresses: Addresses = field(default_factory=Addresses)

    @property
    def name(self) -> str:
        return self.connection.name

    def mapping(self, name: str) -> Mapping:
        if name not in self.mappings:
            raise UnknownName(f"there is no mapping “{name}”; there are {', '.join(sorted(self.mappings))}")
        return self.mappings[name]

    def couplings(self, mapping: str) -> couplings.CouplingStore:
        pointed_to = mapping in self.pointed_to
        return couplings.CouplingStore(self.tables, self.name, mapping, pointed_to=pointed_to)

    @cached_property
    def pointed_to(self) -> frozenset[str]:
        """The mappings whose records are looked up by reference."""
        fields = (each for mapping in self.mappings.values() for each in mapping.all_fields)
        return frozenset(name for each in fields if each.by_reference for name in each.lookup)

    def partings(self, mapping: str) -> partings.PartingStore:
        return partings.PartingStore(self.tables, self.couplings(mapping).partition)

    def announcements(self, mapping: str) -> announcements.AnnouncementStore:
        return announcements.AnnouncementStore(self.tables, self.name, mapping)

    def pairs(self, mapping: str) -> pairs.PairStore:
        return pairs.PairStore(self.tables, self.name, mapping)

    @cached_property
    def digests(self) -> MappingOf[str, str]:
        """The digest of each mapping's rules, as this process knows them."""
        return {name: digest_of(each) for name, each in self.mappings.items()}

    @cached_property
    def rulebooks(self) -> rulebooks.RulebookStore:
        return rulebooks.RulebookStore(self.tables, self.name)

    @cached_property
    def noted_rules(self) -> set[str]:
        """The mappings whose rules this process has put on file."""
        return set()

    @cached_property
    def jobs(self) -> jobs.JobStore:
        return jobs.JobStore(self.tables, self.name)

    @cached_property
    def watermarks(self) -> watermarks.WatermarkStore:
        return watermarks.WatermarkStore(self.tables, self.name)

    @cached_property
    def schedules(self) -> schedules.ScheduleStore:
        return schedules.ScheduleStore(self.tables, self.name)

    @cached_property
    def tallies(self) -> tallies.TallyStore:
        return tallies.TallyStore(self.tables, self.name)

    @cached_property
    def full_syncs(self) -> full_syncs.FullSyncStore:
        return full_syncs.FullSyncStore(self.tables, self.name)

    @cached_property
    def journal(self) -> journal.JournalStore:
        return journal.JournalStore(self.tables, self.name, self.journal_months)

    @cached_property
    def identities(self) -> identities.IdentityStore:
        return identities.IdentityStore(self.tables, self.name)

    @cached_property
    def match_reports(self) -> match_reports.MatchReportStore:
        return match_reports.MatchReportStore(self.tables, self.name)

    @cached_property
    def waiters(self) -> waiters.WaiterStore:
        return waiters.WaiterStore(self.tables, self.name)


@dataclass(frozen=True)
class Hooks:
    """Where both systems register webhooks, our public address and the secret they must carry.

    An empty ``url`` means: no webhooks, polling alone.
    """

    subscriptions: Subscriptions
    webhooks: Webhooks
    url: str
    secret: str


@dataclass(frozen=True)
class Parts:
    """Everything a process works with, composed once and whenever somebody stored a mapping's file.

    ``desks`` answer questions about availability, by connection.
    ``catalogue`` are the product's own mappings, ``set_aside`` tells which stored files do not fit, and why.
    ``confirmed`` tells when the systems of a connection were last asked who they are, ``newest`` the newest
    records this process has seen since, by connection and side, and ``accepted`` how often a person had
    accepted another state then; ``witnessed``: when it last put those records on file.  One at a time passes
    ``asking`` to ask the systems; ``not_asked`` tells when that last failed, and why.  ``started_s``: when
    these parts were composed.  ``preview``: they work on paper, for this preview.  ``again``: the message in
    hand was delivered before, and what that led to may be lost.  ``renew`` gives newer
    parts where somebody stored a mapping's file since, and nothing where these are the newest.
    ``connector``: how the setup guide reaches settings, and systems that are not connected.
    """

    runtime: Runtime
    tables: Tables
    queue: Queue
    connections: MappingOf[str, ConnectionParts]
    settle_s: float
    hooks: Hooks
    choices: Choices
    teams: Teams
    desks: MappingOf[str, Desk] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({}))
    set_aside: MappingOf[str, str] = field(default_factory=dict)
    confirmed: dict[str, float] = field(default_factory=dict)
    newest: dict[tuple[str, Side], tuple[Witness, ...]] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    witnessed: dict[str, float] = field(default_factory=dict)
    asking: Gate = field(default_factory=OpenGate)
    not_asked: dict[str, tuple[float, Exception]] = field(default_factory=dict)
    started_s: float = 0.0
    preview: str = ""
    again: bool = False
    renew: Callable[[], Parts | None] = lambda: None
    telemetry: Telemetry = SILENT
    connector: Connector = field(default_factory=Unconnectable)

    def connection(self, name: str) -> ConnectionParts:
        if name not in self.connections:
            raise UnknownName(
                f"there is no connection “{name}”; there are {', '.join(sorted(self.connections))}"
            )
        return self.connections[name]

    def send(self, message: Message, delay_s: float = 0) -> None:
        """Queue a message where its kind belongs; work on paper stays on paper."""
        self.telemetry.keep()
        name = BATCH_QUEUE if isinstance(message, BatchDue) else DETECTION_QUEUE
        if self.preview and not message.preview:
            message = replace(message, preview=self.preview)
        self.queue.send(name, to_text(message), delay_s=delay_s)

    def new_job_id(self) -> str:
        """An id that sorts newest first."""
        return f"{job_prefix(self.runtime.now())}-{self.runtime.new_id()[:8]}"


def job_prefix(at_s: float) -> str:
    """What the ids of jobs made at a moment begin with: the time in tenths of a second, inverted."""
    return f"{10**11 - int(at_s * 10):011d}"


def queued_at_s(job: str) -> float | None:
    """When a job was made, as far as its id tells."""
    prefix = job.partition("-")[0]
    return (10**11 - int(prefix)) / 10 if len(prefix) == 11 and prefix.isdecimal() else None


@lru_cache(1024)
def table_of(mapping: Mapping, side: Side, also_scan: tuple[str, ...] = ()) -> Table:
    """The mapping's table of one side, with all columns a record is read with.

    ``also_scan`` are further native columns a scan brings along (the keys of matching, lookups too).
    """
    rule = mapping.side(side)
    lookups = {name: each for each in mapping.fields if each.target for name in each.sales}
    derived = {f"{name}type" for name, each in lookups.items() if each.navigation}
    names = [name for name in mapping.native_names(side) if name not in derived and name != rule.key]
    beside = _beside_columns(mapping) if side is Side.SALES else ()
    columns = tuple(
        _column(name, lookups.get(name), rule) if side is Side.SALES else Column(name) for name in names
    )
    conditions = list(fields_of((*rule.filter, *rule.creates_when)))
    filtered = conditions + ([rule.company_column] if rule.company_column else [])
    plain = (name for name in filtered if name not in lookups)
    scan = dict.fromkeys(name for name in (*plain, *also_scan) if name in names)
    tracked = side in mapping.watched
    lines, collection = _lines_of(mapping, side)
    return Table(
        rule.table,
        rule.key,
        columns,
        tuple(scan),
        rule.related,
        rule.api or "",
        tracked,
        rule.in_force,
        lines,
        collection,
        rule.moved_by,
        rule.beside,
        beside,
        _reads_lines(mapping, side),
    )


def _beside_columns(mapping: Mapping) -> tuple[str, ...]:
    """The columns of the row beside a Sales record."""
    rule = mapping.sales.beside
    if rule is None:
        return ()
    return (
        *(name for each in mapping.fields if each.beside for name in each.sales),
        rule.transfer,
        rule.reason,
    )


def _reads_lines(mapping: Mapping, side: Side) -> bool:
    """Whether a record of ``side`` is read with its lines: where they come from, and where API v2.0 creates
    them, which has to show that all are there."""
    if mapping.lines is None:
        return False
    go_back = side is Side.BC and (mapping.order_lines is not None or not mapping.bc.api)
    return mapping.lines.direction.flows_from(side) or go_back


def _column(name: str, lookup: FieldMapping | None, rule: TableRule) -> Column:
    """A column of Sales; a row that was merged leads to one of its own table."""
    if lookup is not None:
        return _lookup_column(name, lookup)
    return Column(name, rule.table) if name == rule.merged_into else Column(name)


def _lookup_column(name: str, each: FieldMapping) -> Column:
    further = tuple((one.target, one.navigation) for one in each.also)
    return Column(name, each.target, each.navigation, further)


def _lines_of(mapping: Mapping, side: Side) -> tuple[Table | None, str]:
    """The table of the lines that belong to a record of ``side``, and what the record calls them."""
    lines = mapping.lines
    if lines is None:
        return None, ""
    if side is Side.BC:
        names = [lines.order, *(name for each in lines.fields for name in native_of(each, side))]
        names += BC_COLUMNS if mapping.order_lines else ()
        return Table(lines.bc, LINE_ID, tuple(map(Column, dict.fromkeys(names)))), lines.bc
    columns = {name: _lookup_column(name, each) for each in lines.fields for name in each.sales}
    return Table(lines.table, lines.key, tuple(columns.values())), lines.sales
