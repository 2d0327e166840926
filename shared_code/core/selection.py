"""Which mappings there are for a company with some features, and which of them are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared_code.core.catalogue import MappingInvalid, parse_mapping
from shared_code.core.features import Document, Features, FeatureUnknown, choose
from shared_code.core.mapping import Mapping


def available(documents: Iterable[Document], features: Features) -> list[Mapping]:
    """The mappings of these documents that the features allow.  Raises ``MappingInvalid``.

    A dependency on a mapping that the features do not allow is none: there is nothing to wait for.
    """
    chosen = (_chosen(each, features) for each in documents)
    mappings = [parse_mapping(each) for each in chosen if each is not None]
    names = {each.name for each in mappings}
    if doubled := [name for name in names if sum(each.name == name for each in mappings) > 1]:
        raise MappingInvalid(doubled[0], ["several documents describe it"])
    return [replace(each, depends_on=_of(each.depends_on, names)) for each in mappings]


def _of(wanted: Sequence[str], names: set[str]) -> tuple[str, ...]:
    return tuple(each for each in wanted if each in names)


def _chosen(document: Document, features: Features) -> Document | None:
    try:
        return choose(document, features)
    except FeatureUnknown as error:
        raise MappingInvalid(str(document.get("name", "(without a name)")), [str(error)]) from None


def with_dependencies(mappings: Sequence[Mapping], names: Iterable[str]) -> set[str]:
    """The names with those of everything they depend on.  Raises ``LookupError`` for an unknown one."""
    by_name = {each.name: each for each in mappings}
    wanted, left = set[str](), list(names)
    while left:
        name = left.pop()
        if name not in by_name:
            raise LookupError(f"there is no mapping “{name}”; there are {', '.join(by_name)}")
        if name not in wanted:
            wanted.add(name)
            left += by_name[name].depends_on
    return wanted
