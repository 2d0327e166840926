"""Which mappings there are for a company: the catalogue's, people's own, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace

from shared_code.core.catalogue import MappingInvalid, parse_mapping
from shared_code.core.dependencies import waves
from shared_code.core.features import Document, Features, FeatureUnknown, choose
from shared_code.core.mapping import Mapping
from shared_code.core.mapping_file import FileRefused, document_of, read_file


@dataclass(frozen=True)
class Catalogue:
    """The mappings that come with the product, as texts by name; a company's features; which it wants.

    ``wanted`` empty means all.
    """

    texts: MappingOf[str, str]
    features: Features = frozenset()
    wanted: Sequence[str] = ()

    def select(self, own: MappingOf[str, str]) -> Selection:
        """What is synchronised with these files of people's own, which take the place of the catalogue's.

        A file that does not fit (any more: it did when it was stored) is set aside with its mapping, and the
        catalogue's does not take its place: it would write what the company's own file forbids.
        Raises ``MappingInvalid`` for the catalogue's own faults, ``LookupError`` for an unknown wanted name.
        """
        kept, set_aside = {name: text for name, text in self.texts.items() if name not in own}, {}
        mappings = _parsed([document_of(text) for text in kept.values()], self.features)
        for name, text in own.items():
            try:
                found = read_file(text, self.features, {*self.texts, *own})
                mappings += [found] if found else []
            except FileRefused as refused:
                set_aside[name] = str(refused)
        wanted = [each for name in self.wanted for each in self._instead(name, set_aside)]
        chosen = _chosen_of(mappings, wanted, own.keys() - self.texts.keys() - set_aside.keys())
        return Selection(tuple(chosen), set_aside)

    def _instead(self, name: str, set_aside: MappingOf[str, str]) -> Sequence[str]:
        """A wanted name, or where its file was set aside what the catalogue's would bring along."""
        if name not in set_aside:
            return (name,)
        return tuple(str(each) for each in document_of(self.texts.get(name, "")).get("depends_on", ()))


@dataclass(frozen=True)
class Selection:
    """The mappings that are synchronised, and why files of people's own were set aside, by name."""

    mappings: tuple[Mapping, ...]
    set_aside: MappingOf[str, str] = field(default_factory=dict)


def _chosen_of(mappings: Sequence[Mapping], wanted: Sequence[str], always: Iterable[str]) -> list[Mapping]:
    names = {each.name for each in mappings}
    known = [replace(each, depends_on=_of(each.depends_on, names)) for each in mappings]
    asked = wanted or sorted(names)
    chosen = with_dependencies(known, [*asked, *(name for name in always if name in names)])
    return without_lost_lookups(
        sorted((each for each in known if each.name in chosen), key=lambda each: each.name)
    )


def without_lost_lookups(mappings: Sequence[Mapping]) -> list[Mapping]:
    """The mappings without fields that refer back to what is not synchronised: they would wait for ever.

    All other lookups go through what a mapping depends on, which is chosen with it.
    """
    names = {each.name for each in mappings}
    return [
        replace(mapping, fields=tuple(f for f in mapping.fields if not f.lookup or names & set(f.lookup)))
        for mapping in mappings
    ]


def refuse_cycle(selection: Selection) -> None:
    """Raises ``DependencyCycle`` where the mappings wait for each other."""
    waves({each.name: each.depends_on for each in selection.mappings})


def available(documents: Iterable[Document], features: Features) -> list[Mapping]:
    """The mappings of these documents that the features allow.  Raises ``MappingInvalid``.

    A dependency on a mapping that the features do not allow is none: there is nothing to wait for.
    """
    mappings = _parsed(documents, features)
    names = {each.name for each in mappings}
    if doubled := [name for name in names if sum(each.name == name for each in mappings) > 1]:
        raise MappingInvalid(doubled[0], ["several documents describe it"])
    return [replace(each, depends_on=_of(each.depends_on, names)) for each in mappings]


def _parsed(documents: Iterable[Document], features: Features) -> list[Mapping]:
    chosen = (_chosen(each, features) for each in documents)
    return [parse_mapping(each) for each in chosen if each is not None]


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
