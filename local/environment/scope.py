"""What of the catalogue an environment synchronises, and what its Business Central has for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_code.compose import chosen_mappings, default_mappings
from shared_code.core.features import Feature, Features
from shared_code.core.mapping import Mapping
from shared_code.settings import SettingError

NEEDS_EXTENSION = frozenset(
    (Feature.EXTENSION, Feature.UNIT_GROUPS, Feature.PRICE_LISTS, Feature.PARENT_ACCOUNTS,
     Feature.ACCOUNT_STATISTICS)
)  # fmt: skip
"""Features that are read through Tandem's extension in Business Central."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Mappings by name (none: all that the features allow) and the features of the company.

    Raises ValueError for a mapping that these features do not give.
    """

    mappings: tuple[str, ...]
    features: Features

    def __post_init__(self) -> None:
        try:
            _ = self.chosen
        except SettingError as error:
            raise ValueError(str(error)) from None

    @property
    def chosen(self) -> list[Mapping]:
        """The mappings that run, with what they depend on."""
        return chosen_mappings(default_mappings(self.features), self.mappings)

    @property
    def extension(self) -> bool:
        """Whether Tandem's extension is in Business Central."""
        return Feature.EXTENSION in self.features

    @property
    def settings(self) -> dict[str, str]:
        """The app settings that say so."""
        return {"MAPPINGS": ",".join(self.mappings), "FEATURES": ",".join(sorted(self.features))}


WHOLE = Scope((), frozenset(Feature))
"""Everything there is."""
WITHOUT_EXTENSION = Scope((), WHOLE.features - NEEDS_EXTENSION)
"""Everything that API v2.0 has."""
HEART = Scope(("CUSTOMER", "CONTACT"), frozenset())
"""Customers and contacts with what they depend on."""


ALL = "all"


def names(text: str) -> tuple[str, ...]:
    """Mappings as they are given on a command line: names with commas between, or ``all``, which is none."""
    given = tuple(each.strip() for each in text.split(",") if each.strip())
    return () if given == (ALL,) else given


def scope_of(mappings: Sequence[str] = (), *, extension: bool = True) -> Scope:
    """These mappings of the whole catalogue (none: all). Raises ValueError for one that is not there."""
    features = WHOLE.features if extension else WITHOUT_EXTENSION.features
    return Scope(tuple(mappings), features)
