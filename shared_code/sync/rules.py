"""Rules in force: whether what is on file was made under the rules that this process knows.

A process knows the mappings it was started with.  Which rules are in force is on file (``rule_changes``);
work and bases that were made under others are not taken for work and bases of these.
"""

from __future__ import annotations

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import Mapping
from shared_code.core.rules_digest import meanings, still_true
from shared_code.sync.parts import ConnectionParts

WAIT_S = 30.0
"""When work is looked at again that a process of other rules met."""


def is_made_under(at: ConnectionParts, mapping: str, rules: str) -> bool:
    """Whether something was made under the rules this process knows; what names none was."""
    return rules in ("", at.digests[mapping])


def in_force(at: ConnectionParts, mapping: Mapping) -> bool:
    """Whether this process's rules of a mapping are those in force."""
    return is_made_under(at, mapping.name, at.schedules.get(mapping.name, mapping.interval_s).rules)


def note(at: ConnectionParts, mapping: Mapping) -> None:
    """Keep what the fields mean under the present rules, before a base names them."""
    if mapping.name not in at.noted_rules:
        at.rulebooks.put(mapping.name, at.digests[mapping.name], dict(meanings(mapping)))
        at.noted_rules.add(mapping.name)


def base_under(at: ConnectionParts, mapping: Mapping, coupling: Coupling) -> Base | None:
    """The coupling's base as far as its fields mean the same under the present rules."""
    return coupling.base and still_meant(at, mapping, coupling.base, coupling.rules)


def still_meant(at: ConnectionParts, mapping: Mapping, base: Base, made_under: str) -> Base | None:
    """The base of other rules as far as its fields mean the same under the present ones."""
    if is_made_under(at, mapping.name, made_under):
        return base
    return still_true(base, at.rulebooks.get(mapping.name, made_under), meanings(mapping))
