"""Frozen values are changed as the standard library changes them, only sooner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.frozen import changed
from shared_code.core.records import Version


def test_a_changed_value_is_the_one_that_the_standard_library_makes() -> None:
    base, version = Base({"name": "a"}, {}), Version("e", "s")
    value = Coupling("b", "s", base=base, bc_version=version, generation=3, rules="r", etag="1")
    for parts in ({}, {"etag": "2"}, {"base": None, "state": CouplingState.ENDED}, {"bc_id": "c"}):
        made = changed(value, **parts)
        assert made == replace(value, **parts)  # type: ignore[arg-type]
        assert made is not value
    assert value == Coupling("b", "s", base=base, bc_version=version, generation=3, rules="r", etag="1")
    assert changed(value, etag="2").base is base


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        changed(Version("e", "s"), tag="x")
