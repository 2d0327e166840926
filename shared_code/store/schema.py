"""The version of the form in which everything is stored, and how an older form becomes the present one.

One row tells the version.  It is written when an empty account is first used; where there is data without
it, the data is of version 1, which had none.  A newer form comes with one ``Step`` in ``STEPS``: a change
that may be cut off anywhere and begun anew by any instance, also by two at once, and that leaves what is of
the new form already as it is.  An instance of an older release that still runs may write rows of the old form
meanwhile, so code reads the form of the release before until the one after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from shared_code.store.tables import AlreadyExists, Changed, Entity, StoreError, Tables

TABLE = "Schema"
FIRST = 1
"""The form that the first release wrote."""

_PARTITION, _ROW = "tandem", "version"
TRIES = 20
"""Of one step that others take at the same time."""


class StorageTooNew(StoreError):
    """A newer release has stored in a form that this one does not know."""


@dataclass(frozen=True, slots=True)
class Step:
    """The way from version ``to - 1`` to ``to``: what changes, and the change."""

    to: int
    what: str
    change: Callable[[Tables], None]


STEPS: Sequence[Step] = ()
"""All steps, in order.  There is a state of each version before in tests/upgrade."""


def present(steps: Sequence[Step] = STEPS) -> int:
    """The version that this code writes."""
    return FIRST + len(steps)


def bring_up_to_date(tables: Tables, told_by: Iterable[str], steps: Sequence[Step] = STEPS) -> list[str]:
    """Make what is stored fit this code; what was changed.

    ``told_by`` are tables that hold something once anything was ever stored.  One read where nothing is to be
    done.  Raises ``StorageTooNew``, or whatever a step met: the next start goes on with it.
    """
    done: list[str] = []
    for _ in range(TRIES * (len(steps) + 1)):
        known = _known(tables, told_by, present(steps))
        version = int(known.values["version"])
        if version > present(steps):
            raise StorageTooNew(
                f"The storage account holds data of version {version}, this release knows {present(steps)}. "
                "Deploy the newer release again, or restore a backup of before (docs/disaster.md)."
            )
        if version == present(steps):
            return done
        step = steps[version - FIRST]
        step.change(tables)
        try:
            tables.replace(TABLE, replace(known, values={"version": step.to}))
            done.append(step.what)
        except Changed:
            continue  # Another instance was faster; what it wrote is read anew.
    raise StoreError(
        "The form of stored data could not be brought up to date: others change it all the time."
    )


def version_of(tables: Tables) -> int | None:
    """The version that is on file, if there is one."""
    found = tables.get(TABLE, _PARTITION, _ROW)
    return int(found.values["version"]) if found else None


def row_of(version: int) -> Entity:
    """The row that tells a version."""
    return Entity(_PARTITION, _ROW, {"version": version})


def _known(tables: Tables, told_by: Iterable[str], newest: int) -> Entity:
    """The row; made where it is not there."""
    found = tables.get(TABLE, _PARTITION, _ROW)
    if found is not None:
        return found
    version = FIRST if any(_holds_data(tables, name) for name in told_by) else newest
    try:
        return tables.insert(TABLE, row_of(version))
    except AlreadyExists:
        found = tables.get(TABLE, _PARTITION, _ROW)
        if found is None:
            raise
        return found


def _holds_data(tables: Tables, name: str) -> bool:
    return next(iter(tables.scan(name, limit=1)), None) is not None
