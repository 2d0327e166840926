"""Field by field: what the built-in integration of Business Central carries, Tandem carries or explains."""

from __future__ import annotations

from collections import Counter

import pytest

from shared_code.compose import default_mappings
from shared_code.core.features import Feature
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from tests.unit.mappings.native import LINES_OF, NATIVE, Native, State, state_of

TOGETHER = 230
PLAIN = frozenset(
    {Feature.VENDORS, Feature.OPPORTUNITIES, Feature.ORDERS, Feature.INVOICES, Feature.CREDIT_MEMOS}
)
VARIANTS = {
    "v2.0": PLAIN,
    "extension": PLAIN | {Feature.EXTENSION},
    "price lists": PLAIN | {Feature.EXTENSION, Feature.PRICE_LISTS},
    "everything": frozenset(Feature),
}
CATALOGUES = {
    name: {each.name: each for each in default_mappings(features)} for name, features in VARIANTS.items()
}
ARROWS = {"→": (Side.SALES,), "←": (Side.BC,), "⇄": tuple(Side)}


def state_in(variant: str, native: Native) -> State | None:
    """What a catalogue does with the field; ``None`` where it lacks the whole mapping."""
    mapping = CATALOGUES[variant].get(LINES_OF.get(native.mapping, native.mapping))
    return state_of(native, mapping) if mapping else None


def test_the_list_is_whole() -> None:
    assert len(NATIVE) == TOGETHER


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_the_built_in_integration_carries_is_carried_or_explained(variant: str) -> None:
    assert [str(each) for each in NATIVE if state_in(variant, each) is State.NEITHER] == []


def test_every_field_is_somewhere_and_the_count_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counter(_verdict(native) for native in NATIVE)
    carried = counts["without the extension"] + counts["with the extension only"]
    with capsys.disabled():
        print(
            f"\n{carried} of the {TOGETHER} native field mappings carried "
            f"({counts['with the extension only']} of them with the extension only), "
            f"{counts['one way']} that flow both ways there carried one way with the reason for the other, "
            f"{counts['explained']} listed with the reason."
        )
    assert sum(counts.values()) == TOGETHER
    assert [str(each) for each in NATIVE if _verdict(each) == "neither"] == []


def _verdict(native: Native) -> str:
    states = {variant: state_in(variant, native) for variant in VARIANTS}
    if states["v2.0"] is State.CARRIED:
        return "without the extension"
    if State.CARRIED in states.values():
        return "with the extension only"
    if State.ONE_WAY in states.values():
        return "one way"
    if State.EXPLAINED in states.values():
        return "explained"
    return "neither"


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_explained_is_not_carried(variant: str) -> None:
    for mapping in CATALOGUES[variant].values():
        for entry in mapping.not_carried:
            (arrow,) = (each for each in ARROWS if each in entry.field)
            columns = set(entry.field.split(arrow)[1].replace(",", " ").split())
            assert not columns & _written_to(mapping, ARROWS[arrow]), f"{mapping.name}: {entry.field}"


def _written_to(mapping: Mapping, sides: tuple[Side, ...]) -> set[str]:
    """The Sales columns of fields that flow to one of the sides, but for the parts of a name in one field."""
    flowing = (each for each in mapping.fields if any(map(each.direction.flows_to, sides)))
    return {column for each in flowing for column in each.sales} - {"firstname", "lastname"}
