"""On a Dutch page what the product tells is Dutch, too."""

from __future__ import annotations

import re

from tests.web.conftest import Shown
from tests.web.visits import text

DUTCH = {"accept-language": "nl-NL"}


def test_an_examination_is_told_in_dutch(shown: Shown) -> None:
    page = text(shown.browser().get("connection/examination", **DUTCH))
    assert "beide systemen hebben wat zij noemt en laten het lezen" in page
    assert "both systems hold" not in page


def test_a_refusal_is_told_in_dutch(shown: Shown) -> None:
    page = text(shown.browser().get("mappings/NOWHERE", **DUTCH))
    assert "Er is niets met die id." in page
    assert "er is geen koppelingsregel “NOWHERE”" in page


def test_what_happened_to_a_record_is_told_in_dutch(shown: Shown) -> None:
    page = text(shown.browser().get("problems", **DUTCH))
    assert re.search(r"name heeft \d+ tekens; in Business Central passen er 100. Kort het in in Sales.", page)
    assert "Klanten ⇄ accounts" in page
    record = text(shown.browser().get(f"mappings/CUSTOMER/records/{shown.conflict}", **DUTCH))
    assert "Aan beide kanten gewijzigd: name." in record
    assert "Niets, tot iemand het conflict beslist." in record
    assert "Nothing" not in record
