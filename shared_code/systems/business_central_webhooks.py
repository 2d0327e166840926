"""Business Central's webhook subscriptions: one per company and table, of the whole environment.

One subscribes at the root of the API that has the table, and renews and ends the subscription there, too.  It
ends after three days unless renewed.  At creation and renewal the service calls the notification address and
expects its token back within five seconds.  Notifications are hints: the change is read by polling.
Source: Microsoft docs api-reference/v2.0/dynamics-subscriptions.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared_code.systems import odata
from shared_code.systems.business_central_batch import JSON_HEADERS
from shared_code.systems.errors import fault
from shared_code.systems.http import Answer, AnswerLost, Call, Client, checked_address
from shared_code.systems.interface import SettingWrong, SystemUnavailable

MAX_PAGES = 10
MAX_CLIENT_STATE_CHARS = 2048
MAX_RESOURCE_CHARS = 500


STANDARD_API = "v2.0"
_RESOURCE = re.compile(r"(?:(?:.*/)?api/(?P<api>[^()?]+)/)?companies\((?P<company>[^()]+)\)/(?P<table>\w+)")


@dataclass(frozen=True, slots=True)
class Place:
    """What a resource names, all in lower case: the API's route, the company and the table."""

    api: str
    company: str
    table: str


def place_of(resource: str) -> Place | None:
    """The place of a subscription's or a notification's resource, which may go on to a record or a filter.

    Without a route it is API v2.0's.  ``None`` where it is no place.
    """
    found = _RESOURCE.match(resource[:MAX_RESOURCE_CHARS].lower().lstrip("/"))
    return Place(found["api"] or STANDARD_API, found["company"], found["table"]) if found else None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription; ``resource`` is without leading slash, ``expires`` an instant in UTC."""

    id: str
    etag: str
    resource: str
    notification_url: str
    expires: str


class Subscriptions:
    """The subscriptions of an environment, whose API v2.0 is at ``root`` (``business_central.api_root``)."""

    def __init__(self, client: Client, root: str) -> None:
        self._client = client
        self._root = checked_address(root, "Business Central")

    def list(self, api: str = STANDARD_API) -> list[Subscription]:
        """All subscriptions that our user may see at the root of this API."""
        address = self._at(api)
        found: list[Subscription] = []
        link: object = address
        for _ in range(MAX_PAGES):
            if not isinstance(link, str):
                return found
            if not odata.same_place(link, address):
                raise SystemUnavailable("Business Central named a next page elsewhere: not followed.")
            data = self._data(self._send("GET", link))
            try:
                found += map(_subscription, odata.rows(data))
            except ValueError as error:
                raise _unusable(error) from error
            link = data.get("@odata.nextLink")
        raise SystemUnavailable(f"Business Central answered more than {MAX_PAGES} pages of subscriptions.")

    def _at(self, api: str) -> str:
        """The address of the subscriptions of an API."""
        return f"{self._root.removesuffix(STANDARD_API)}{api}/subscriptions"

    def create(
        self,
        company_id: str,
        table: str,
        notification_url: str,
        client_state: str,
        api: str = STANDARD_API,
    ) -> Subscription:
        """Subscribe to a company's ``table``; ``client_state`` comes back with each notification.

        Raises ``SettingWrong`` for a ``client_state`` that is too long.
        """
        if len(client_state) > MAX_CLIENT_STATE_CHARS:
            raise SettingWrong(
                f"A secret of more than {MAX_CLIENT_STATE_CHARS} characters cannot be registered in Business "
                "Central. Shorten WEBHOOK_SECRET."
            )
        body = {
            "notificationUrl": notification_url,
            "resource": f"companies({odata.guid(company_id)})/{odata.name(table)}",
            "clientState": client_state,
        }
        return self._made(self._send("POST", self._at(api), body))

    def renew(self, subscription: Subscription, client_state: str = "") -> Subscription:
        """Three more days, and another ``client_state`` where one is given.

        Raises ``SettingWrong`` when the subscription is gone: create it anew.
        """
        body = {"notificationUrl": subscription.notification_url}
        if client_state:
            body["clientState"] = client_state
        return self._made(self._send("PATCH", self._url(subscription), body, etag=subscription.etag))

    def delete(self, subscription: Subscription) -> None:
        """End a subscription; one that is gone already is fine."""
        answer = self._send("DELETE", self._url(subscription), etag=subscription.etag, missing_is_fine=True)
        assert answer.ok or answer.status == 404

    def _url(self, subscription: Subscription) -> str:
        if not subscription.id.replace("-", "").isalnum():
            raise SettingWrong("the subscription's id is not one of Business Central's")
        place = place_of(subscription.resource)
        return f"{self._at(place.api if place else STANDARD_API)}('{subscription.id}')"

    def _send(
        self,
        method: str,
        url: str,
        body: Mapping[str, object] | None = None,
        *,
        etag: str = "",
        missing_is_fine: bool = False,
    ) -> Answer:
        headers = {**JSON_HEADERS, **({"If-Match": etag} if etag else {})}
        content = None if body is None else odata.dumps(body).encode("ascii")
        try:
            answer = self._client.send(Call("webhook", method, url, headers, content, method == "GET"))
        except AnswerLost as lost:
            raise SystemUnavailable(f"{lost}. List the subscriptions before trying again.") from lost
        if answer.ok or (missing_is_fine and answer.status == 404):
            return answer
        raise fault(answer.error, "Business Central's webhook subscription")

    def _data(self, answer: Answer) -> Mapping[str, object]:
        try:
            return odata.mapping(answer.data)
        except ValueError as error:
            raise _unusable(error) from error

    def _made(self, answer: Answer) -> Subscription:
        try:
            return _subscription(self._data(answer))
        except ValueError as error:
            raise _unusable(error) from error


def _subscription(entity: Mapping[str, object]) -> Subscription:
    return Subscription(
        odata.text(entity, "subscriptionId"),
        odata.text(entity, "@odata.etag"),
        odata.text(entity, "resource").lstrip("/"),
        odata.text(entity, "notificationUrl"),
        odata.instant(odata.text(entity, "expirationDateTime")),
    )


def _unusable(error: ValueError) -> SystemUnavailable:
    return SystemUnavailable(f"Business Central's subscriptions: {error}. Try again later.")
