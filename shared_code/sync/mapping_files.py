"""People's own mapping files: read, checked, stored, taken back.

A file is refused whole, with every fault, and the one before stays in force.  Every process works by a new
file within ``LOOK_EVERY_S``; what waits under the old rules is planned anew (``rule_changes.py``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from shared_code.core.dependencies import DependencyCycle
from shared_code.core.fitting import Misfit
from shared_code.core.mapping import Mapping
from shared_code.core.mapping_file import Fault, FileRefused, line_of_name, read_file
from shared_code.core.selection import refuse_cycle
from shared_code.store.mapping_files import MAX_FILES, MappingFile, MappingFileStore
from shared_code.sync.filter_counts import TakenIn, taken_in
from shared_code.sync.mapping_check import check
from shared_code.sync.parts import Parts

CATALOGUE, CHANGED, OWN = "catalogue", "changed", "own"
"""Where a mapping's file comes from: the product, the product's in a version of people's own, or people."""


@dataclass(frozen=True, slots=True)
class FileView:
    """A mapping's file: where it comes from, whether its mapping is synchronised, and why not."""

    name: str
    title: str
    origin: str
    text: str
    stored_at_s: float
    in_use: bool
    set_aside: str


def all_files(parts: Parts) -> list[FileView]:
    """Every mapping's file, in the order of the names."""
    own = MappingFileStore(parts.tables).all()
    return [_view(parts, own, name) for name in sorted({*parts.catalogue.texts, *own})]


def file_of(parts: Parts, name: str) -> FileView | None:
    """The file of one mapping, ``None`` where there is none."""
    own = MappingFileStore(parts.tables).all()
    return _view(parts, own, name) if name in own or name in parts.catalogue.texts else None


def _view(parts: Parts, own: dict[str, MappingFile], name: str) -> FileView:
    stored, given = own.get(name), parts.catalogue.texts.get(name)
    in_use = any(name in at.mappings for at in parts.connections.values())
    origin = CATALOGUE if stored is None else OWN if given is None else CHANGED
    text = stored.text if stored else given or ""
    return FileView(
        name=name,
        title=_title(text),
        origin=origin,
        text=text,
        stored_at_s=stored.stored_at_s if stored else 0.0,
        in_use=in_use,
        set_aside=parts.set_aside.get(name, ""),
    )


@lru_cache(256)
def _title(text: str) -> str:
    """What a file calls its mapping; blank where it cannot be read."""
    try:
        return str(tomllib.loads(text).get("title", ""))
    except tomllib.TOMLDecodeError:
        return ""


def put_file(parts: Parts, name: str, text: str, *, only_check: bool = False) -> None:
    """Check a file and, unless it is only to be checked, store it.

    Both systems of every connection are asked whether they hold what the mapping names.
    Raises ``FileRefused``, and ``SystemFault`` where a system does not tell.
    """
    store = MappingFileStore(parts.tables)
    own = {each.name: each.text for each in store.all().values()}
    mapping = _check(parts, name, text, own)
    if mapping:
        _refuse_misfits(parts, mapping, text)
    if not only_check:
        store.put(MappingFile(name, text, parts.runtime.now()))


def filters_take_in(parts: Parts, text: str) -> list[TakenIn]:
    """How many records the filters of a file that was checked take in, as both systems count them.

    Raises ``SystemFault`` where one does not answer.
    """
    catalogue = parts.catalogue
    mapping = read_file(text, catalogue.features, {*catalogue.texts, *MappingFileStore(parts.tables).all()})
    found = parts.connections.values() if mapping else ()
    return [each for at in found if mapping for each in taken_in(at, mapping)]


def remove_file(parts: Parts, name: str) -> bool:
    """Take a stored file back, whether there was one: the catalogue's counts again, or the mapping ends.

    Couplings stay.  Raises ``FileRefused`` where other mappings need the one that would end.
    """
    store = MappingFileStore(parts.tables)
    own = store.all()
    if name not in own:
        return False
    if name not in parts.catalogue.texts:
        _refuse_needed(parts, name)
    store.remove(name)
    return True


def _check(parts: Parts, name: str, text: str, own: dict[str, str]) -> Mapping | None:
    """The mapping of the file, ``None`` where the company's features do not allow it."""
    catalogue = parts.catalogue
    mapping = read_file(text, catalogue.features, {*catalogue.texts, *own} - {name})
    if mapping and mapping.name != name:
        raise FileRefused([Fault(1, f"the file is of the mapping “{mapping.name}” and was sent as “{name}”")])
    if name not in own and len(own) >= MAX_FILES:
        raise FileRefused([Fault(0, f"there are {MAX_FILES} files of your own already; take one back first")])
    try:
        refuse_cycle(catalogue.select({**own, name: text}))
    except DependencyCycle as cycle:
        raise FileRefused([Fault(0, str(cycle))]) from None
    return mapping


def _refuse_misfits(parts: Parts, mapping: Mapping, text: str) -> None:
    """Raises ``FileRefused`` with everything that a connection's systems do not hold as the mapping says."""
    found = {
        each: Fault(line_of_name(text, each.name, each.field), _reason(each), each.suggestion)
        for at in parts.connections.values()
        for each in check(at, mapping)
    }
    if found:
        raise FileRefused(list(found.values()))


def _reason(misfit: Misfit) -> str:
    place = f"{misfit.side.system_name}, {misfit.field}" if misfit.field else misfit.side.system_name
    return f"{place}: {misfit.reason}"


def _refuse_needed(parts: Parts, name: str) -> None:
    needing = [each.name for each in _mappings(parts) if name in each.depends_on]
    if needing:
        raise FileRefused(
            [Fault(0, f"{', '.join(needing)} needs the mapping; change or take that back first")]
        )


def _mappings(parts: Parts) -> list[Mapping]:
    return list(next(iter(parts.connections.values())).mappings.values()) if parts.connections else []
