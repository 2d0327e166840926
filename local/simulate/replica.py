"""A replica of Sales that answers a read by ids with rows as they were when it was asked before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.simulate.faults import Faults
from local.simulators.wire import Response

type Rows = dict[str, Mapping[str, Any]]

_VERSION = "@odata.etag"


@dataclass
class Replica:
    """Remembers of each row the answer before the present one, apart for every choice of columns."""

    faults: Faults
    _now: dict[str, Rows] = field(default_factory=dict)
    _before: dict[str, Rows] = field(default_factory=dict)

    @property
    def lags(self) -> bool:
        """Whether it ever does in this seed."""
        return self.faults.rates["stale_read"] > 0.0

    def forget(self) -> None:
        """It remembers nothing of what was before."""
        self._now.clear()
        self._before.clear()

    def answer(self, place: str, response: Response) -> Response:
        """The answer as it is, or with the rows that were written since as they were before; a row that was
        not there, or was not asked for, stays as it is."""
        document = json.loads(response.body)
        rows = document.get("value")
        if not isinstance(rows, list):
            return response
        self._take(place, rows)
        before = self._before.get(place, {})
        old = [before.get(_id_of(each), each) for each in rows]
        if old == rows or not self.faults.hit("stale_read"):
            return response
        return replace(response, body=json.dumps({**document, "value": old}).encode())

    def _take(self, place: str, rows: list[Mapping[str, Any]]) -> None:
        now, before = self._now.setdefault(place, {}), self._before.setdefault(place, {})
        for each in rows:
            known = now.get(_id_of(each))
            if known is not None and known[_VERSION] != each[_VERSION]:
                before[_id_of(each)] = known
            now[_id_of(each)] = each


def _id_of(row: Mapping[str, Any]) -> str:
    """The first member that is no annotation: the key is asked for first."""
    return next(str(value) for name, value in row.items() if not name.startswith("@"))
