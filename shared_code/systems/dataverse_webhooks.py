"""Dataverse's webhooks: a service endpoint (the address and its key) and one step per message and table.

Steps are asynchronous, so that a failing receiver never rolls back what a person saved.
Sources: Microsoft docs use-webhooks.md, register-web-hook.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.errors import fault
from shared_code.systems.http import AnswerLost, Call, Client, checked_address
from shared_code.systems.interface import SettingWrong, SystemUnavailable

MESSAGES = ("Create", "Update", "Delete")
_WEBHOOK, _WEBHOOK_KEY, _NORMAL, _JSON = 8, 4, 1, 2
_POST_OPERATION, _ASYNCHRONOUS = 40, 1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that is told of changes."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """One message of one table sent to an endpoint."""

    id: str
    name: str


class Webhooks:
    """The webhooks of one organisation.  Needs the right to register steps (a system customizer's)."""

    def __init__(self, client: Client, environment_url: str) -> None:
        self._client = client
        self._root = checked_address(environment_url, "Sales") + batch.API_PATH

    def endpoints(self, name: str) -> list[Endpoint]:
        """The endpoints of this name."""
        condition = f"name eq {odata.literal(name)} and contract eq {_WEBHOOK}"
        rows = self._rows("serviceendpoints", "serviceendpointid,name,url", condition)
        return [
            Endpoint(
                odata.guid(odata.text(row, "serviceendpointid")),
                odata.text(row, "name"),
                odata.text(row, "url"),
            )
            for row in rows
        ]

    def create_endpoint(self, endpoint_id: str, name: str, url: str, key: str) -> Endpoint:
        """Register an address under a chosen id; the service sends ``key`` as the query's ``code``."""
        body = {
            "serviceendpointid": odata.guid(endpoint_id),
            "name": name,
            "url": url,
            "contract": _WEBHOOK,
            "authtype": _WEBHOOK_KEY,
            "authvalue": key,
            "connectionmode": _NORMAL,
            "messageformat": _JSON,
        }
        self._write("POST", "serviceendpoints", body)
        return Endpoint(endpoint_id.lower(), name, url)

    def change_endpoint(self, endpoint: Endpoint, url: str, key: str) -> Endpoint:
        """Send to another address, with another key; the steps stay."""
        path = f"serviceendpoints({odata.guid(endpoint.id)})"
        self._write("PATCH", path, {"url": url, "authtype": _WEBHOOK_KEY, "authvalue": key})
        return Endpoint(endpoint.id, endpoint.name, url)

    def steps(self, endpoint: Endpoint) -> list[Step]:
        """The steps that send to an endpoint."""
        condition = f"_eventhandler_value eq {odata.guid(endpoint.id)}"
        rows = self._rows("sdkmessageprocessingsteps", "sdkmessageprocessingstepid,name", condition)
        return [
            Step(odata.guid(odata.text(row, "sdkmessageprocessingstepid")), odata.text(row, "name"))
            for row in rows
        ]

    def create_step(
        self, step_id: str, endpoint: Endpoint, logical_name: str, message: str, columns: Sequence[str] = ()
    ) -> Step:
        """Send ``message`` (one of ``MESSAGES``) of a table; ``columns`` narrow an Update."""
        message_id = self._only("sdkmessages", "sdkmessageid", f"name eq {odata.literal(message)}", message)
        condition = (
            f"_sdkmessageid_value eq {message_id} and primaryobjecttypecode eq {odata.literal(logical_name)}"
        )
        filter_id = self._only(
            "sdkmessagefilters", "sdkmessagefilterid", condition, f"{message} of {logical_name}"
        )
        name = f"Tandem: {message} of {logical_name}"
        body: dict[str, object] = {
            "sdkmessageprocessingstepid": odata.guid(step_id),
            "name": name,
            "mode": _ASYNCHRONOUS,
            "rank": 1,
            "stage": _POST_OPERATION,
            "supporteddeployment": 0,
            "asyncautodelete": True,
            "sdkmessageid@odata.bind": f"/sdkmessages({message_id})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({filter_id})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({odata.guid(endpoint.id)})",
        }
        if columns and message == "Update":
            body["filteringattributes"] = ",".join(map(odata.name, columns))
        self._write("POST", "sdkmessageprocessingsteps", body)
        return Step(step_id.lower(), name)

    def delete_step(self, step: Step) -> None:
        """Stop sending; a step that is gone already is fine."""
        self._write("DELETE", f"sdkmessageprocessingsteps({odata.guid(step.id)})")

    def delete_endpoint(self, endpoint: Endpoint) -> None:
        """Forget an address whose steps are gone; one that is gone already is fine."""
        self._write("DELETE", f"serviceendpoints({odata.guid(endpoint.id)})")

    def _only(self, table: str, key: str, condition: str, what: str) -> str:
        rows = self._rows(table, key, condition)
        if not rows:
            raise SettingWrong(f"Sales knows no message {what}: this table cannot send webhooks.")
        return odata.guid(odata.text(rows[0], key))

    def _rows(self, table: str, columns: str, condition: str) -> list[Mapping[str, object]]:
        url = odata.address(f"{self._root}/{table}", select=columns, filter=condition)
        answer = batch.get(self._client, url, "webhook", table)
        try:
            return odata.rows(answer.data)
        except ValueError as error:
            raise SystemUnavailable(f"Sales' {table}: {error}. Try again later.") from error

    def _write(self, method: str, path: str, body: Mapping[str, object] | None = None) -> None:
        content = None if body is None else odata.dumps(body).encode("ascii")
        headers = dict(batch.JSON_BODY if content else batch.HEADERS)
        if method == "PATCH":
            headers["If-Match"] = "*"  # without it a row that is gone would be made again
        try:
            answer = self._client.send(
                Call(
                    "webhook", method, f"{self._root}/{path}", headers, content, repeatable=method == "DELETE"
                )
            )
        except AnswerLost as lost:
            raise SystemUnavailable(f"{lost}. List the webhooks before trying again.") from lost
        gone = method == "DELETE" and answer.status == 404
        if not (answer.ok or gone):
            raise fault(answer.error, f"Sales' {path.partition('(')[0]}")
