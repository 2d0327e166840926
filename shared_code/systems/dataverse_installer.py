"""What an administrator does in Dataverse once: import the solution, follow changes, publish.

Each act may be repeated and does nothing twice.  Sources: Microsoft docs solution-async.md,
webapi/create-update-entity-definitions-using-web-api.md, data-platform/change tracking.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.dataverse_options import Choices
from shared_code.systems.dataverse_users import Users
from shared_code.systems.errors import fault
from shared_code.systems.http import Answer, AnswerLost, Call, Client, checked_address
from shared_code.systems.interface import SystemFault, SystemUnavailable

COMPLETED, SUCCEEDED = 3, 30
ANOTHER_IMPORT = "0x80071151"
"""Dataverse imports one solution at a time (Microsoft docs: reference/web-service-error-codes)."""


class ImportUnderWay(SystemFault):
    """Another import goes on; it may be the one that was begun before."""


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far an import is; ``message`` is why it failed, blank where it did not."""

    is_done: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Tracking:
    """A table by its logical name: whether its changes are followed, and whether they can be."""

    table: str
    is_on: bool
    can_be: bool


class Installer:
    """One organisation, as whoever signed in: ``users`` and ``choices`` act as that person, too."""

    def __init__(self, client: Client, environment_url: str) -> None:
        self._client = client
        self._root = checked_address(environment_url, "Sales") + batch.API_PATH
        self.users = Users(client, self._root)
        self.choices = Choices(client, environment_url)

    def installed_version(self, unique_name: str) -> tuple[int, ...]:
        """The version of a solution that is there; empty where it is not."""
        address = odata.address(
            f"{self._root}/solutions", select="version", filter=f"uniquename eq {odata.literal(unique_name)}"
        )
        found = odata.rows(batch.get(self._client, address, "install", "solutions").data)
        return version_of(odata.text(found[0], "version")) if found else ()

    def begin_import(self, content: bytes) -> str:
        """Begin to import a solution's zip; the operation to ask about.

        Raises ``ImportUnderWay`` where Dataverse has to end another import first, else ``SystemFault``.
        """
        body = {
            "OverwriteUnmanagedCustomizations": False,
            "PublishWorkflows": True,
            "CustomizationFile": base64.b64encode(content).decode("ascii"),
        }
        answer = self._act("POST", "ImportSolutionAsync", body)
        return odata.guid(odata.text(odata.mapping(answer.data), "AsyncOperationId"))

    def import_state(self, operation_id: str) -> ImportState:
        """How far an import is."""
        path = f"{self._root}/asyncoperations({odata.guid(operation_id)})"
        address = odata.address(path, select="statecode,statuscode,message")
        found = odata.mapping(batch.get(self._client, address, "install", "import").data)
        if found.get("statecode") != COMPLETED:
            return ImportState(False)
        failed = found.get("statuscode") != SUCCEEDED
        return ImportState(True, str(found.get("message") or "no reason given") if failed else "")

    def tracking(self, sets: Collection[str]) -> list[Tracking]:
        """Whether the changes of tables are followed; tables by entity set, those that there are."""
        wanted = odata.any_of("EntitySetName", map(odata.literal, sorted(sets)))
        select = "LogicalName,EntitySetName,ChangeTrackingEnabled,CanChangeTrackingBeEnabled"
        address = odata.address(f"{self._root}/EntityDefinitions", select=select, filter=wanted)
        answer = batch.get(self._client, address, "install", "tables", Consistency="Strong")
        return sorted(map(_tracking, odata.rows(answer.data)), key=lambda each: each.table)

    def track(self, table: str) -> None:
        """Follow a table's changes from now on; it cannot be switched off again."""
        path = f"EntityDefinitions(LogicalName={odata.literal(odata.name(table))})"
        whole = batch.get(self._client, f"{self._root}/{path}", "install", table, Consistency="Strong")
        definition = {
            name: value
            for name, value in odata.mapping(whole.data).items()
            if not name.startswith("@odata.context")
        }
        self._act("PUT", path, definition | {"ChangeTrackingEnabled": True}, {"MSCRM.MergeLabels": "true"})

    def publish(self, tables: Sequence[str]) -> None:
        """Make changed definitions count."""
        entities = "".join(f"<entity>{odata.name(each)}</entity>" for each in tables)
        document = f"<importexportxml><entities>{entities}</entities></importexportxml>"
        self._act("POST", "PublishXml", {"ParameterXml": document})

    def _act(
        self, method: str, path: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> Answer:
        content = odata.dumps(body).encode("ascii")
        given = {**batch.JSON_BODY, **(headers or {})}
        call = Call("install", method, f"{self._root}/{path}", given, content, repeatable=method == "PUT")
        try:
            answer = self._client.send(call)
        except AnswerLost as lost:
            raise SystemUnavailable(f"{lost}. Begin again: what is done stays done.") from lost
        if answer.ok:
            return answer
        refused = fault(answer.error, f"Sales' {path.partition('(')[0]}")
        if answer.error.key == ANOTHER_IMPORT:
            raise ImportUnderWay(str(refused))
        raise refused


def version_of(text: str) -> tuple[int, ...]:
    """A version of four numbers; empty for anything else."""
    parts = text.split(".")
    return tuple(map(int, parts)) if all(each.isdigit() for each in parts) else ()


def _tracking(row: Mapping[str, object]) -> Tracking:
    can = row.get("CanChangeTrackingBeEnabled")
    allowed = can.get("Value") if isinstance(can, dict) else can
    return Tracking(odata.text(row, "LogicalName"), bool(row.get("ChangeTrackingEnabled")), bool(allowed))
