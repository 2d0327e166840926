"""A lease and a status in one table row, so that one of several hosts runs a timer.

The real host holds a blob lease and keeps the status in a blob; the blob SDK is not among the project's
packages, so the row's ETag guards both here.  Expiry compares wall clocks: all hosts are on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableClient, UpdateMode

from local.host.app_clock import machine_time

TABLE_NAME = "LocalHostTimers"
Status = dict[str, str]
_ETAG_LOST = (ResourceModifiedError, ResourceNotFoundError, ResourceExistsError)


class LeaseRow:
    """The lease ``row`` of ``partition``; not safe for several threads at once."""

    def __init__(self, table: TableClient, partition: str, row: str, owner: str, lease_s: float) -> None:
        self._table = table
        self._keys = {"PartitionKey": partition, "RowKey": row}
        self._owner = owner
        self._lease_s = lease_s
        self._etag: str | None = None
        self._status: Status = {}
        self.held_until = 0.0  # wall clock; 0 when not held

    def try_acquire(self) -> Status | None:
        """Take the lease if it is free; the stored status, or None while another host holds it."""
        try:
            entity = self._table.get_entity(self._keys["PartitionKey"], self._keys["RowKey"])
        except ResourceNotFoundError:
            return self._status_if(self._create())
        if float(entity.get("LeaseUntil", 0)) > machine_time() and entity.get("Owner") != self._owner:
            return None
        self._status = {k: str(entity[k]) for k in ("Schedule", "Last", "Next") if entity.get(k)}
        self._etag = entity.metadata["etag"]
        return self._status_if(self.renew())

    def renew(self, status: Mapping[str, str] | None = None) -> bool:
        """Prolong the lease, storing ``status`` where given; False when it was lost to another host."""
        self._status = dict(status) if status is not None else self._status
        until = machine_time() + self._lease_s
        try:
            answer = self._table.update_entity(
                self._entity(until),
                mode=UpdateMode.REPLACE,
                etag=self._etag,
                match_condition=MatchConditions.IfNotModified,
            )
        except _ETAG_LOST:
            self.held_until = 0.0
            return False
        self._etag, self.held_until = str(answer["etag"]), until
        return True

    def release(self) -> None:
        """Let another host take over at once; the status stays."""
        if self.held_until <= machine_time():
            return
        self.held_until = 0.0
        self._table.update_entity(
            self._entity(0.0),
            mode=UpdateMode.REPLACE,
            etag=self._etag,
            match_condition=MatchConditions.IfNotModified,
        )

    def is_held(self) -> bool:
        """Whether no other host can hold the lease now."""
        return self.held_until > machine_time()

    def _create(self) -> bool:
        until = machine_time() + self._lease_s
        try:
            answer = self._table.create_entity(self._entity(until))
        except ResourceExistsError:
            return False
        self._etag, self.held_until = str(answer["etag"]), until
        return True

    def _status_if(self, acquired: bool) -> Status | None:
        return dict(self._status) if acquired else None

    def _entity(self, until: float) -> dict[str, str | float]:
        return {**self._keys, **self._status, "Owner": self._owner, "LeaseUntil": until}


def create_table(table: TableClient) -> None:
    """Create the hosts' table unless it exists; SDK errors pass through."""
    try:
        table.create_table()
    except ResourceExistsError:
        return
