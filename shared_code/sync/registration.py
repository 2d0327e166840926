"""Registering for notifications in both systems: soon after start, looked after hourly, renewed daily.

Business Central has one subscription per company and table, which ends after three days; Sales one
endpoint with a step per table and message, which stays.  A registration that is refused costs speed and
nothing else, so it never fails anything: the state tells why, in words for the person who can change it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from shared_code.core.identity import digest
from shared_code.core.records import Side
from shared_code.store.webhooks import Registration, WebhookStore
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.webhooks import BC_ROUTE, SALES_ROUTE, SETS, all_mappings, tables_of
from shared_code.systems.business_central_webhooks import STANDARD_API, Subscription, place_of
from shared_code.systems.dataverse_webhooks import MESSAGES, Endpoint
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemFault

ENDPOINT_NAME = "Tandem"
CHECK_EVERY_S = 3600.0
RETRY_S = 120.0
"""When an attempt is repeated that a system could not serve, and when one that died is given up."""
RENEW_BEFORE_S = 1.5 * 86400
"""An hourly check renews what would end within this time: the daily renewal must have failed then."""

_TABLES = {entity_set: table for table, entity_set in SETS.items()}


@dataclass(frozen=True, slots=True)
class Renewal:
    """What was done.  ``again_soon``: a system could not be asked, which may be over in a moment."""

    created: int = 0
    renewed: int = 0
    removed: int = 0
    problems: tuple[str, ...] = ()
    again_soon: bool = False

    def __add__(self, other: Renewal) -> Renewal:
        return Renewal(
            self.created + other.created,
            self.renewed + other.renewed,
            self.removed + other.removed,
            self.problems + other.problems,
            self.again_soon or other.again_soon,
        )


def keep_registered(parts: Parts) -> Renewal | None:
    """Register where that is due; ``None`` where it is not or another instance does it.

    One table read where nothing is due.  Due: never done, another address or secret, each hour.
    """
    if not parts.hooks.url:
        return None
    store, now = WebhookStore(parts.tables), parts.runtime.now()
    known = store.registration()
    due = now >= known.next_due_s or known.tried != fingerprint(parts)
    if now < known.claimed_until_s or not due:
        return None
    claimed = store.put_registration(replace(known, claimed_until_s=now + RETRY_S))
    return _carry_out(parts, claimed, RENEW_BEFORE_S) if claimed else None


def renew(parts: Parts) -> Renewal:
    """Renew every registration and make those that are missing; nothing without a public address."""
    if not parts.hooks.url:
        return Renewal()
    return _carry_out(parts, WebhookStore(parts.tables).registration(), float("inf"))


def fingerprint(parts: Parts) -> str:
    """Changes with address and secret; 32 bits, of which no secret can be told."""
    return digest((parts.hooks.url, parts.hooks.secret))[:8]


def _carry_out(parts: Parts, known: Registration, ending_within_s: float) -> Renewal:
    address = fingerprint(parts)
    moved = known.address != address
    within_s = float("inf") if moved else ending_within_s
    done = _served(lambda: _business_central(parts, known.url, within_s), _REFUSED_BC)
    done += _served(lambda: _sales(parts, moved and bool(known.address)), _REFUSED_SALES)
    now = parts.runtime.now()
    state = replace(
        known,
        tried=address,
        next_due_s=now + (RETRY_S if done.again_soon else CHECK_EVERY_S),
        claimed_until_s=0.0,
        problem=" ".join(done.problems),
    )
    if not done.problems:
        state = replace(state, address=address, url=parts.hooks.url, registered_at_s=now)
    # Where another instance wrote meanwhile, its state is as good as ours.
    WebhookStore(parts.tables).put_registration(state)
    return done


_REFUSED_BC = "Business Central did not let Tandem subscribe to changes"
_REFUSED_SALES = (
    "Sales did not let Tandem register its webhook. Let Tandem's application user create, read, write and "
    "delete Service Endpoints and Sdk Message Processing Steps, as the role System Customizer may"
)
_MEANWHILE = "Until then changes are found by polling; nothing is lost."


def _served(call: Callable[[], Renewal], refused: str) -> Renewal:
    """What the call did; a fault becomes a problem in plain words."""
    try:
        return call()
    except AccessDenied as denied:
        return Renewal(problems=(f"{refused}. It said: {denied} {_MEANWHILE}",))
    except SystemFault as fault:
        soon = not isinstance(fault, SettingWrong)
        return Renewal(problems=(f"Webhooks: {fault} {_MEANWHILE}",), again_soon=soon)


def _business_central(parts: Parts, old_url: str, ending_within_s: float) -> Renewal:
    url = f"{parts.hooks.url}/{BC_ROUTE}"
    wanted = {
        place_of(f"api/{api}/companies({at.connection.company_id})/{table}"): (at, api, table)
        for at in parts.connections.values()
        for api, table in _watched_tables(at)
    }
    listed, done = _listed(parts, {STANDARD_API, *(api for _, api, _ in wanted.values())})
    found = list({each.id: each for some in listed.values() for each in some}.values())
    ours = [each for each in found if each.notification_url == url]
    known = {place_of(each.resource): each for each in reversed(ours)}
    for place, (at, api, table) in wanted.items():
        if api in listed:
            done += _subscribed(parts, at, api, table, url, known.get(place), ending_within_s)
    stale = [each for each in ours if known[place_of(each.resource)] is not each]
    stale += [each for place, each in known.items() if place not in wanted]
    stale += _left_behind(found, url, old_url)
    for each in stale:
        parts.hooks.subscriptions.delete(each)
    return done + Renewal(removed=len(stale))


def _listed(parts: Parts, apis: set[str]) -> tuple[dict[str, list[Subscription]], Renewal]:
    """The subscriptions by API; one that is not there does not keep the others from it."""
    listed: dict[str, list[Subscription]] = {}
    done = Renewal()
    for api in sorted(apis, key=lambda each: each != STANDARD_API):
        try:
            listed[api] = parts.hooks.subscriptions.list(api)
        except (SettingWrong, AccessDenied) as refusal:
            done += Renewal(problems=(f"{_REFUSED_BC} of the API {api}. It said: {refusal} {_MEANWHILE}",))
    return listed, done


def _left_behind(listed: list[Subscription], url: str, old_url: str) -> list[Subscription]:
    """The subscriptions of our address before this one.

    Business Central would send our secret there for up to three days, to whoever has that address by then.
    Only what this app has noted as its own address is taken for ours: the path alone would be another
    Tandem's, too.  If one of those has taken the address over, it subscribes anew within the hour.
    """
    old = f"{old_url}/{BC_ROUTE}"
    return [each for each in listed if old_url and each.notification_url == old != url]


def _subscribed(
    parts: Parts,
    at: ConnectionParts,
    api: str,
    table: str,
    url: str,
    known: Subscription | None,
    ending_within_s: float,
) -> Renewal:
    """One table; that it cannot be subscribed to does not keep the others from it."""
    subscriptions, secret = parts.hooks.subscriptions, parts.hooks.secret
    try:
        if known is None:
            subscriptions.create(at.connection.company_id, table, url, secret, api)
            return Renewal(created=1)
        if _ends_s(known) - parts.runtime.now() > ending_within_s:
            return Renewal()
        subscriptions.renew(known, secret)
        return Renewal(renewed=1)
    except (SettingWrong, AccessDenied) as refusal:
        return Renewal(problems=(f"{_REFUSED_BC} of {table} in {at.name}. It said: {refusal} {_MEANWHILE}",))


def _ends_s(subscription: Subscription) -> float:
    return datetime.fromisoformat(subscription.expires).timestamp()


def _watched_tables(at: ConnectionParts) -> list[tuple[str, str]]:
    """Route and name of every table whose changes matter."""
    watched = [each for each in at.mappings.values() if Side.BC in each.watched]
    return sorted({place for each in watched for place in tables_of(each)})


def _sales(parts: Parts, moved: bool) -> Renewal:
    webhooks = parts.hooks.webhooks
    endpoint, done = _endpoint(parts, f"{parts.hooks.url}/{SALES_ROUTE}", moved)
    known = {step.name for step in webhooks.steps(endpoint)}
    watched = {each.sales.table for _, each in all_mappings(parts) if Side.SALES in each.watched}
    wanted = [(_TABLES[each], message) for each in sorted(watched & _TABLES.keys()) for message in MESSAGES]
    missing = [(table, message) for table, message in wanted if f"Tandem: {message} of {table}" not in known]
    for table, message in missing:
        webhooks.create_step(parts.runtime.new_id(), endpoint, table, message)
    return done + Renewal(created=len(missing))


def _endpoint(parts: Parts, url: str, moved: bool) -> tuple[Endpoint, Renewal]:
    """Our one endpoint, made or corrected; further ones of our name are removed with their steps."""
    webhooks, secret = parts.hooks.webhooks, parts.hooks.secret
    found = sorted(webhooks.endpoints(ENDPOINT_NAME), key=lambda each: each.url != url)
    for step in chain.from_iterable(webhooks.steps(each) for each in found[1:]):
        webhooks.delete_step(step)
    for each in found[1:]:
        webhooks.delete_endpoint(each)
    removed = Renewal(removed=len(found[1:]))
    if not found:
        return webhooks.create_endpoint(parts.runtime.new_id(), ENDPOINT_NAME, url, secret), removed
    if moved or found[0].url != url:
        return webhooks.change_endpoint(found[0], url, secret), removed + Renewal(renewed=1)
    return found[0], removed
