"""The environment-level set ``subscriptions``: create, read, renew, delete.

Creating and every PATCH repeat the handshake with the receiver, outside of all locks.  One subscribes to
a set at the root of the API that has it (Microsoft docs: api-reference/v2.0/dynamics-subscriptions.md).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.editing import check_if_match
from local.simulators.business_central.environment import Caller, Environment
from local.simulators.business_central.errors import (
    ApiError,
    business_rule,
    method_not_allowed,
    record_not_found,
)
from local.simulators.business_central.notifications import Subscription
from local.simulators.business_central.replies import entity_reply, json_reply, no_content
from local.simulators.business_central.routing import Address, text_key
from local.simulators.business_central.schema import EntityType, name_in
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import (
    checked_body,
    etag_of,
    read_json_object,
    stamp_ms,
    stamp_text,
)
from local.simulators.wire import Response

_RESOURCE = re.compile(
    r"(?:(?:https?://[^?#]*)?/?api/(?P<api>[^?#]+)/)?"
    r"companies\((?P<company>[0-9a-fA-F-]{36})\)/(?P<table>\w+)\Z"
)


def handle_subscriptions(
    env: Environment, caller: Caller, method: str, address: Address, body: bytes
) -> Response:
    """One request on ``subscriptions`` or ``subscriptions('id')``; raises ``ApiError``."""
    if len(address.segments) > 1:
        raise method_not_allowed("navigation")
    keyed = address.segments[0].key is not None
    match method, keyed:
        case "GET", False:
            return _list(env, caller)
        case "POST", False:
            return _create(env, caller, read_json_object(body))
        case "GET", True:
            return _one(env, caller, _find(env, address), 200)
        case "PATCH", True:
            return _renew(env, caller, _find(env, address), read_json_object(body))
        case "DELETE", True:
            return _delete(env, caller, _find(env, address))
    raise method_not_allowed(method.lower())


def _list(env: Environment, caller: Caller) -> Response:
    value = [_shown(each) for each in env.notifications.active()]
    return json_reply(200, {"@odata.context": f"{caller.base}/$metadata#subscriptions", "value": value})


def _create(env: Environment, caller: Caller, body: Mapping[str, Any]) -> Response:
    sent = checked_body(_type(env), body)
    for name in ("notificationUrl", "resource"):
        if not sent.get(name):
            raise ApiError(400, "BadRequest_RequiredParamNotProvided", f"{name} must be filled in.")
    company_id, table = _resource(env, caller, sent["resource"])
    limit = env.options.webhook_subscription_limit
    if len(env.notifications.active()) >= limit:
        raise business_rule(f"The maximum number of subscriptions ({limit}) has been reached.")
    _shake_hands(env, sent["notificationUrl"])
    now = env.clock.time()
    subscription = Subscription(
        id=uuid.uuid4().hex,
        url=sent["notificationUrl"],
        company_id=company_id,
        table=table,
        source=RULES[table].source,
        stamped=env.types[table].stamped,
        client_state=sent.get("clientState", ""),
        user_id=caller.user_id,
        etag=etag_of(env.next_version()),
        created=now,
        modified=now,
        expires=now + env.options.webhook_lifetime_s,
    )
    with env.lock:
        env.notifications.subscriptions[subscription.id] = subscription
    return _one(env, caller, subscription, 201)


def _renew(env: Environment, caller: Caller, found: Subscription, body: Mapping[str, Any]) -> Response:
    check_if_match(caller.headers.get("if-match"), found.etag)
    sent = checked_body(_type(env), body)
    if "resource" in sent and _resource(env, caller, sent["resource"]) != (found.company_id, found.table):
        raise business_rule("The resource of a subscription cannot be changed.")
    url = sent.get("notificationUrl", found.url)
    _shake_hands(env, url)
    with env.lock:
        found.url, found.client_state = url, sent.get("clientState", found.client_state)
        found.modified = env.clock.time()
        found.expires = found.modified + env.options.webhook_lifetime_s
        found.etag = etag_of(env.next_version())
    return _one(env, caller, found, 200)


def _delete(env: Environment, caller: Caller, found: Subscription) -> Response:
    if_match = caller.headers.get("if-match")
    if if_match is not None or env.options.delete_needs_if_match:
        check_if_match(if_match, found.etag)
    with env.lock:
        env.notifications.subscriptions.pop(found.id, None)
    return no_content()


def _one(env: Environment, caller: Caller, subscription: Subscription, status: int) -> Response:
    shown = _shown(subscription)
    location = f"{caller.base}/subscriptions('{subscription.id}')"
    return entity_reply(
        status, f"{caller.base}/$metadata#subscriptions/$entity", shown, location, caller.prefer
    )


def _find(env: Environment, address: Address) -> Subscription:
    key = text_key(address.segments[0])
    found = next((each for each in env.notifications.active() if each.id == key), None)
    if found is None:
        raise record_not_found("API Webhook Subscription", key)
    return found


def _resource(env: Environment, caller: Caller, text: str) -> tuple[str, str]:
    """Company id and entity set of a resource; raises 400 where nobody can subscribe to it here."""
    match = _RESOURCE.match(text)
    if match and match["api"] not in (None, caller.api):
        match = None
    company = env.companies.get(match["company"].lower()) if match else None
    entity = env.types.get(name_in(caller.api, match["table"])) if match else None
    if company is None or entity is None or not entity.webhooks:
        raise business_rule(f"The resource '{text}' does not support webhook subscriptions.")
    return company.id, entity.name


def _shake_hands(env: Environment, url: str) -> None:
    if not re.match(r"https?://[^\s]+\Z", url) or not env.notifications.accepts(url):
        raise business_rule("The notification URL did not return the validation token in time.")


def _shown(subscription: Subscription) -> dict[str, Any]:
    created, modified = stamp_ms(subscription.created), stamp_ms(subscription.modified)
    return {
        "@odata.etag": subscription.etag,
        "subscriptionId": subscription.id,
        "notificationUrl": subscription.url,
        "resource": subscription.resource,
        "timestamp": modified // 1000,
        "userId": subscription.user_id,
        "lastModifiedDateTime": stamp_text(modified // 1000 * 1000),
        "clientState": subscription.client_state,
        "expirationDateTime": stamp_text(int(subscription.expires) * 1000),
        "systemCreatedAt": stamp_text(created),
        "systemCreatedBy": subscription.user_id,
        "systemModifiedAt": stamp_text(modified),
        "systemModifiedBy": subscription.user_id,
    }


def _type(env: Environment) -> EntityType:
    return env.types["subscriptions"]
