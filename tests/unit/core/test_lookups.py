"""Lookups that lead to one of two records, that may be blank, and that count only sometimes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shared_code.core.fields import FurtherTarget
from shared_code.core.mapping import FieldType
from shared_code.core.put_results import Missing
from shared_code.core.records import ZERO_ID, Side, Value
from shared_code.core.transform import get, put
from tests.unit.core.makers import FROM_SALES, TO_SALES, Couplings, make_field

PERSON, FIRM = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
LINKS = Couplings([("CONTACT", "CT1", PERSON), ("CUSTOMER", "CT9", FIRM), ("CURRENCY", ZERO_ID, FIRM)])
CONTACT = make_field(
    "f", FieldType.LOOKUP, lookup=("CONTACT", "CUSTOMER"), by_reference=True, target="contacts",
    sales_fallback="account",
)  # fmt: skip
STRANGER = "99999999-0000-4000-8000-000000000009"


@pytest.mark.parametrize(
    ("native", "value"),
    [
        ({"sales_f": PERSON, "account": FIRM}, "CT1"),
        ({"sales_f": None, "account": FIRM}, "CT9"),
        ({"sales_f": STRANGER, "account": FIRM}, f"sales:{STRANGER}"),
        ({"sales_f": None, "account": STRANGER}, f"sales:{STRANGER}"),
        ({"sales_f": None, "account": None}, None),
    ],
)
def test_a_blank_column_stands_for_the_record_that_the_other_leads_to(
    native: dict[str, Value], value: Value
) -> None:
    assert get(CONTACT, Side.SALES, native, LINKS) == value


def test_the_record_of_the_other_column_leaves_this_one_blank() -> None:
    assert put(CONTACT, Side.SALES, "CT1", LINKS) == {"sales_f": PERSON}
    assert put(CONTACT, Side.SALES, "CT9", LINKS) == {"sales_f": None}
    assert put(CONTACT, Side.SALES, "CT5", LINKS) == Missing("f", CONTACT.lookup, Side.BC, "CT5")
    assert put(CONTACT, Side.BC, "CT9", LINKS) == {"bc_f": "CT9"}


BUYER = make_field(
    "f", FieldType.LOOKUP, lookup=("CUSTOMER", "PERSON"), target="accounts", navigation="sales_f_account",
    also=(FurtherTarget("PERSON", "contacts", "sales_f_contact"),),
)  # fmt: skip
BUYERS = Couplings([("PERSON", "p1", PERSON), ("CUSTOMER", "c9", FIRM)])


@pytest.mark.parametrize(("key", "native"), [("p1", f"contacts/{PERSON}"), ("c9", f"accounts/{FIRM}")])
def test_a_lookup_that_leads_to_two_tables_says_to_which(key: str, native: str) -> None:
    assert put(BUYER, Side.SALES, key, BUYERS) == {"sales_f": native}
    assert get(BUYER, Side.SALES, {"sales_f": native}, BUYERS) == key


def test_it_leads_through_the_mapping_of_that_table_only() -> None:
    """The same id in the other table is another record."""
    assert get(BUYER, Side.SALES, {"sales_f": f"accounts/{PERSON}"}, BUYERS) == f"sales:{PERSON}"
    assert put(BUYER, Side.SALES, "x", BUYERS) == Missing("f", ("CUSTOMER", "PERSON"), Side.BC, "x")
    stranger = get(BUYER, Side.SALES, {"sales_f": f"contacts/{STRANGER}"}, BUYERS)
    assert put(BUYER, Side.BC, stranger, BUYERS) == Missing("f", ("CUSTOMER", "PERSON"), Side.SALES, STRANGER)
    assert get(BUYER, Side.SALES, {"sales_f": None}, BUYERS) is None


def test_an_optional_lookup_is_blank_where_its_record_is_not_coupled() -> None:
    def owner(**more: Any) -> Value:
        each = make_field("f", FieldType.LOOKUP, FROM_SALES, lookup=("CONTACT",), target="users", **more)
        return get(each, Side.SALES, {"sales_f": STRANGER}, LINKS)

    assert (owner(), owner(optional=True)) == (f"sales:{STRANGER}", None)


@pytest.mark.parametrize(("amount", "value"), [(Decimal("0.00"), None), (0, None), (Decimal(5), ZERO_ID)])
def test_a_record_for_all_counts_only_where_its_amount_is_there(amount: Value, value: Value) -> None:
    each = make_field(
        "f", FieldType.LOOKUP, TO_SALES, lookup=("CURRENCY",), target="currencies", constant=ZERO_ID,
        blank_is_record=True, bc=None, bc_when="amount",
    )  # fmt: skip
    assert get(each, Side.BC, {"amount": amount}, LINKS) == value


ORDER = make_field("f", FieldType.LOOKUP, lookup=("ORDER",), over_when=(("status", "Invoiced"),))


@pytest.mark.parametrize(
    ("status", "there", "value"),
    [("Open", False, "SO1"), ("Invoiced", False, f"sales:{FIRM}"), ("Invoiced", True, "SO1")],
)
def test_a_lookup_leads_nowhere_to_what_is_over_unless_it_is_known_to_be_there(
    status: str, there: bool, value: Value
) -> None:
    known = {("ORDER", "SO1")} if there else set()
    links = Couplings([("ORDER", "SO1", FIRM)], values={("ORDER", "SO1", "status"): status}, there=known)
    assert get(ORDER, Side.SALES, {"sales_f": FIRM}, links) == value
