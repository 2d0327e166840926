"""Choosing what is synchronised, in words of the business; what a mapping depends on comes with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache

from shared_code.core.features import Feature, Features
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.selection import Catalogue, available, with_dependencies
from shared_code.sync.parts import Parts
from shared_code.sync.setup.connector import CompanyFound, SettingsRefused

MAX_NAME = 39
"""Characters of a connection's name."""


def listed(text: str) -> list[str]:
    """The names in a setting that lists some."""
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def features_of(text: str) -> Features:
    """The features that a setting names; unknown ones are left out."""
    known = {each.value: each for each in Feature}
    return frozenset(known[name] for name in listed(text) if name in known)


def mappings_of(catalogue: Catalogue, features: Features) -> list[TableMapping]:
    """The mappings that a company with these features can have, by name."""
    return list(_offered(tuple(text for _, text in sorted(catalogue.texts.items())), features))


@lru_cache(8)
def _offered(texts: tuple[str, ...], features: Features) -> tuple[TableMapping, ...]:
    """The same every time: reading some dozens of files takes longer than showing a page."""
    return tuple(available([tomllib.loads(text) for text in texts], features))


def with_what_they_need(offered: Sequence[TableMapping], names: Sequence[str]) -> list[str]:
    """Mappings with all they depend on.  Raises ``SettingsRefused`` for one that is not offered."""
    try:
        return sorted(with_dependencies(offered, names))
    except LookupError as error:
        raise SettingsRefused(f"{error}. Choose among those that are offered.") from None


def store(parts: Parts, changes: Mapping[str, str], *, only_check: bool = False) -> None:
    """Keep settings, if every mapping that they name is one.  Raises ``SettingsRefused``.

    Teams that were named for another organisation are named no more.
    """
    known = parts.connector.settings()
    if loses_teams(known, changes) and TEAMS not in parts.connector.fixed():
        changes = {**changes, TEAMS: ""}
    wanted = {**known, **changes}
    names = listed(wanted.get("MAPPINGS", ""))
    if names:
        with_what_they_need(mappings_of(parts.catalogue, features_of(wanted.get("FEATURES", ""))), names)
    parts.connector.store(changes, only_check=only_check)


URL, TEAMS = "SALES_URL", "OWNING_TEAMS"


def loses_teams(known: Mapping[str, str], changes: Mapping[str, str]) -> bool:
    """Whether owning teams are named that are of the organisation before: another one has other teams.

    An import that names both keeps what it names.
    """
    if TEAMS in changes or URL not in changes or not known.get(TEAMS):
        return False
    before, after = (each.strip().rstrip("/").lower() for each in (known.get(URL, ""), changes[URL]))
    return before != after


def named(known: str, companies: Sequence[CompanyFound], chosen: Sequence[str]) -> str:
    """The setting for these companies, by id: a company keeps the name it has, another gets one from its own.

    The name is part of every key: it never changes while the company is synchronised.
    """
    kept = {own.strip().lower(): name.strip() for name, _, own in (e.partition("=") for e in listed(known))}
    names: dict[str, str] = {}
    for each in companies:
        if each.id in chosen:
            name = kept.get(each.id) or _unused(_short(each.name), {*kept.values(), *names.values()})
            names[each.id] = name
    return ",".join(f"{name}={own}" for own, name in names.items())


def _short(name: str) -> str:
    """A name in small letters, digits and hyphens."""
    letters = "".join(each if each.isascii() and each.isalnum() else "-" for each in name.lower())
    return "-".join(part for part in letters.split("-") if part)[: MAX_NAME - 4].strip("-") or "company"


def _unused(name: str, taken: set[str]) -> str:
    numbers = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbers if each not in taken)
