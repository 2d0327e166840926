"""Settings that name codes of Business Central: a template for a mapping, an account for a kind of line."""

from __future__ import annotations

from dataclasses import dataclass

ACCOUNT_KINDS = ("written_in", "freight")
LONGEST_CODE = 20
"""Of the code of a customer, vendor or item template in Business Central, and of an account's number."""


@dataclass(frozen=True, slots=True)
class NamedCode:
    """What is used in one company; blank ``company``: in every company."""

    company: str
    use: str
    code: str


def templates(text: str) -> tuple[NamedCode, ...]:
    """Entries ``mapping=code`` or ``company/mapping=code``.  Raises ``ValueError``."""
    named = []
    for entry in listed(text):
        place, equals, code = (part.strip() for part in entry.partition("="))
        company, _, use = place.rpartition("/")
        if not (equals and use and 0 < len(code) <= LONGEST_CODE):
            raise ValueError(f"each entry is name=code, the code at most {LONGEST_CODE} characters long.")
        named.append(NamedCode(company.strip(), use.strip(), code.upper()))
    uses = [(each.company, each.use) for each in named]
    if twice := [use for place, (company, use) in enumerate(uses) if (company, use) in uses[:place]]:
        raise ValueError(f"{twice[0]} is named twice.")
    return tuple(named)


def accounts(text: str) -> tuple[NamedCode, ...]:
    """The accounts by kind of line, in the shape of templates.  Raises ``ValueError``."""
    named = templates(text)
    if unknown := [each.use for each in named if each.use not in ACCOUNT_KINDS]:
        raise ValueError(f"there is no kind “{unknown[0]}”; there are {', '.join(ACCOUNT_KINDS)}.")
    return named


def listed(text: str) -> tuple[str, ...]:
    """The entries of a text with commas, each once."""
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
