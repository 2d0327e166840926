"""Composing: settings become parts, once per process."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from importlib import resources

from shared_code.clients import Clients
from shared_code.connecting import AppConnector, settings_of, tokens_of
from shared_code.core.availability import ItemStock
from shared_code.core.catalogue import TEMPLATE, for_connection
from shared_code.core.features import Feature, Features
from shared_code.core.links import Addresses, online_client
from shared_code.core.mapping import Connection, Mapping
from shared_code.core.records import Side
from shared_code.core.selection import (
    Catalogue,
    Selection,
    available,
    with_dependencies,
    without_lost_lookups,
)
from shared_code.core.telemetry import SILENT, Telemetry
from shared_code.named_codes import NamedCode
from shared_code.runtime import Runtime, ThreadRuntime, collect_seldom
from shared_code.settings import Company, SettingError, Settings, read_settings
from shared_code.store import azure_queue, azure_tables, schema
from shared_code.store.connection_settings import ConnectionSettingsStore
from shared_code.store.mapping_files import MappingFileStore
from shared_code.store.queue import Queue
from shared_code.store.table_list import FILLED_FIRST, TABLES
from shared_code.store.tables import StoreError, Tables
from shared_code.sync.availability.desk import Desk
from shared_code.sync.availability.names import Names
from shared_code.sync.availability.shelf import Shelf
from shared_code.sync.messages import QUEUES
from shared_code.sync.parts import ConnectionParts, Hooks, Parts
from shared_code.systems.business_central import BusinessCentral, api_root, own_root
from shared_code.systems.business_central_availability import read_names, read_stock
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_webhooks import Subscriptions
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.dataverse_options import Choices
from shared_code.systems.dataverse_teams import Teams
from shared_code.systems.dataverse_webhooks import Webhooks
from shared_code.systems.interface import System
from shared_code.telemetry import Exporter, Recorder, attach
from shared_code.web.people import Doorkeeper, SignIn


def compose(environment: MappingOf[str, str], telemetry: Telemetry | None = None) -> Process:
    """Everything a process works with; ``telemetry``: by what it told so far.

    Raises ``SettingError`` or ``MappingInvalid``.
    """
    runtime = ThreadRuntime()
    tables = azure_tables.AzureTables(runtime, azure_tables.connect(environment))
    queue = azure_queue.AzureQueue(runtime, azure_queue.connect(environment))
    tables.ensure(TABLES)
    for changed in schema.bring_up_to_date(tables, FILLED_FIRST):
        logging.getLogger("tandem").warning("stored data was brought up to date: %s", changed)
    queue.ensure(QUEUES)
    store = ConnectionSettingsStore(tables)
    stored = store.get()
    settings = settings_of(environment, stored)
    tokens = tokens_of(settings)
    clients = Clients(settings, runtime, tokens, tables, telemetry=telemetry or telemetry_of(environment))
    connector = AppConnector(
        environment, store, stored, settings, runtime, tables, tokens, lambda: clients.interactive
    )
    process = Process(settings, runtime, tables, queue, clients, connector)
    collect_seldom()
    return process


def telemetry_of(environment: MappingOf[str, str]) -> Telemetry:
    """Where the work is told: Application Insights, where the settings name one; the log goes there too."""
    if not environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING"):
        return SILENT

    def connect() -> Exporter:
        from shared_code.telemetry_azure import connect  # slow

        return connect(environment)

    recorder = Recorder(connect)
    attach(recorder)
    return recorder


class Process:
    """What lives as long as the process; its parts are composed anew when a mapping's file was stored."""

    def __init__(
        self, settings: Settings, runtime: Runtime, tables: Tables, queue: Queue, clients: Clients,
        connector: AppConnector | None = None,
    ) -> None:  # fmt: skip
        self._assemble = partial(assemble, settings, runtime, tables, queue, clients)
        self._runtime, self._files, self._connector = runtime, MappingFileStore(tables), connector
        self.telemetry = clients.telemetry
        self._versions = self._files.versions()
        self._parts, self._looked_s = self._composed(), runtime.now()

    @property
    def parts(self) -> Parts:
        """The parts of now.  Whoever holds older ones finishes its work with them: it is told from work under
        other rules by their digest (``sync/rules.py``)."""
        now_s = self._runtime.now()
        if not 0 <= now_s - self._looked_s < LOOK_EVERY_S:
            self._looked_s = now_s
            with suppress(StoreError):  # Whoever asked for the parts will meet the same, and tell.
                self._renew(self._versions)
        return self._parts

    def _composed(self) -> Parts:
        made = replace(self._assemble(), renew=partial(self._renew, self._versions))
        return replace(made, connector=self._connector) if self._connector else made

    def is_replaced(self) -> bool:
        """Whether people stored other settings since, so that a process has to be composed anew."""
        return self._connector is not None and self._connector.is_replaced()

    def _renew(self, known: MappingOf[str, str]) -> Parts | None:
        """Newer parts than those made of these versions, if there are any."""
        versions = self._files.versions()
        if versions != self._versions:
            self._versions = versions
            self._parts = self._composed()
        return self._parts if known != versions else None


LOOK_EVERY_S = 15.0
"""How long a process may go on with a mapping's file that was replaced."""


def check_settings(environment: MappingOf[str, str]) -> None:
    """Stop the start with one line when a setting is missing or wrong.

    Raises ``SettingError``, or ``MappingInvalid`` for a mapping's file that contradicts itself.
    """
    settings = read_settings(environment)
    shipped = default_mappings(settings.features)
    chosen_mappings(shipped, settings.mappings)
    _check_templates(settings, shipped)


def _check_templates(settings: Settings, shipped: Sequence[Mapping]) -> None:
    """Raises ``SettingError`` for a template that no new record would be made from."""
    can = [each.name for each in shipped if any(f.constant == TEMPLATE for f in each.fields)]
    for name in dict.fromkeys(each.use for each in settings.templates):
        if name not in can:
            raise SettingError(
                f"TEMPLATES is wrong: “{name}” takes no template; these do: {', '.join(can)}. "
                "Correct it in the app settings."
            )


def doorkeeper_of(environment: MappingOf[str, str]) -> Doorkeeper:
    """How people are known to the app.  Raises ``SettingError``."""
    settings = read_settings(environment)
    confirmed = environment.get("WEBSITE_AUTH_ENABLED", "").lower() == "true"
    return Doorkeeper(SignIn(settings.sign_in or SignIn.OFF), confirmed, settings.tenant_id)


NOWHERE = "https://not-connected.invalid"
"""Stands for an organisation that is not named yet; nothing is asked of it (RFC 6761: it never resolves)."""


def assemble(
    settings: Settings,
    runtime: Runtime,
    tables: Tables,
    queue: Queue,
    clients: Clients,
    offered: Sequence[Mapping] | None = None,
) -> Parts:
    """The parts of any runtime and stores; nothing is asked of a system yet.

    ``offered`` are the mappings of a package other than the one that is deployed (simulation).
    """
    url = settings.sales_url or NOWHERE
    sales = Dataverse(clients.sales, url)
    root = _root(settings)
    catalogue = catalogue_of(settings)
    own = {name: each.text for name, each in MappingFileStore(tables).all().items()}
    shipped = default_mappings(settings.features) if offered is None else offered
    chosen = catalogue.select(own) if own else Selection(tuple(chosen_mappings(shipped, settings.mappings)))
    alone = len(settings.companies) == 1

    def connect(company: Company) -> ConnectionParts:
        templates = codes_of(settings.templates, company.name)
        accounts = codes_of(settings.order_accounts, company.name)
        team = settings.owning_teams.get(company.name, "")
        connection = Connection(company.name, company.id, templates, accounts, team)
        business_central = BusinessCentral(
            clients.business_central,
            root,
            company.id,
            environment=settings.environment,
            look_back_s=settings.look_back_s,
            base_currency=sales.base_currency_code,
            zone=settings.zone,
        )
        own = {each.name: for_connection(each, connection) for each in chosen.mappings}
        systems: dict[Side, System] = {Side.BC: business_central, Side.SALES: sales}
        return ConnectionParts(
            connection, own, systems, tables, alone, settings.journal_months, addresses_of(settings)
        )

    connections = {company.name: connect(company) for company in settings.companies}
    hooks = Hooks(
        Subscriptions(clients.business_central, root),
        Webhooks(clients.sales, url),
        settings.webhook_url if settings.companies else "",
        settings.webhook_secret,
    )
    return Parts(
        runtime, tables, queue, connections, settings.settle_s, hooks,
        Choices(clients.sales, url), Teams(clients.sales, url),
        desks={name: _desk(settings, runtime, clients, root, at) for name, at in connections.items()},
        catalogue=catalogue, set_aside=chosen.set_aside, started_s=runtime.now(), telemetry=clients.telemetry,
        asking=runtime.new_gate(),
    )  # fmt: skip


def _root(settings: Settings) -> str:
    """Where API v2.0 of Business Central is."""
    if settings.on_premises:
        return own_root(settings.business_central_url)
    return api_root(settings.business_central_url, settings.tenant_id, settings.environment)


def _desk(settings: Settings, runtime: Runtime, clients: Clients, root: str, at: ConnectionParts) -> Desk:
    """Where questions about a company's items are answered."""
    place = Place(root, f"companies({at.connection.company_id})")
    extension = Feature.EXTENSION in settings.features

    def read(numbers: Sequence[str]) -> MappingOf[str, ItemStock]:
        return read_stock(clients.interactive, place, numbers, extension=extension)

    def ask(record_id: str) -> tuple[str, str | None] | None:
        return read_names(clients.interactive, place, record_id)

    return Desk(runtime, Names(runtime, at.couplings, ask), Shelf(runtime, read), settings.zone)


def addresses_of(settings: Settings) -> Addresses:
    """Where people open the two systems, in no company yet."""
    online = "" if settings.on_premises else online_client(settings.tenant_id, settings.environment)
    return Addresses(settings.web_client_url or online, sales=settings.sales_url)


def codes_of(entries: Sequence[NamedCode], company: str) -> dict[str, str]:
    """What is named for one company, templates by mapping say: its own go before those of all."""
    return {each.use: each.code for name in ("", company) for each in entries if each.company == name}


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue's files as texts, with what this company has and wants."""
    return Catalogue(_catalogue_texts(), settings.features, settings.mappings)


@cache
def _catalogue_texts() -> MappingOf[str, str]:
    folder = resources.files("shared_code") / "mappings"
    texts = [each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".toml")]
    return {str(tomllib.loads(text)["name"]): text for text in sorted(texts)}


def default_mappings(features: Features = frozenset()) -> list[Mapping]:
    """The mappings of the catalogue that a company with these features can have, in the order of their names.

    Raises ``MappingInvalid``.
    """
    return list(_available(features))


@cache
def _available(features: Features) -> tuple[Mapping, ...]:
    """Read once: a process that takes up a changed file composes itself anew."""
    documents = [tomllib.loads(text) for _, text in sorted(_catalogue_texts().items())]
    return tuple(available(documents, features))


def chosen_mappings(mappings: Sequence[Mapping], names: Sequence[str]) -> list[Mapping]:
    """The mappings of these names with all they depend on; all where no name is given.

    Raises ``SettingError`` for a name that is not there.
    """
    try:
        wanted = with_dependencies(mappings, names or [each.name for each in mappings])
    except LookupError as error:
        raise SettingError(f"MAPPINGS is wrong: with these FEATURES {error}. Correct one of them.") from None
    return without_lost_lookups([each for each in mappings if each.name in wanted])


_process: Process | None = None


def parts_of_process(environment: MappingOf[str, str]) -> Parts:
    """The parts of this process, composed at the first call, and when people stored other settings.

    Two threads that come first at once may both compose; one result is kept and the other dropped, which
    costs a moment and harms nothing.
    """
    global _process
    if _process is None or _process.is_replaced():
        _process = compose(environment, _process.telemetry if _process else None)
    return _process.parts
