"""How synchronising works, as the guide shows and stores it."""

from __future__ import annotations

import pytest

from shared_code.core.features import Feature
from shared_code.sync.setup import working
from shared_code.sync.setup.working import accounts_of, with_accounts, with_team
from shared_code.web.pages.setup import FEATURES
from tests.conformance.test_owners import TEAM, give_role, rows
from tests.sync import worlds
from tests.web.conftest import Shown
from tests.web.visits import Browser, text


def test_both_currencies_owners_and_notifications_are_shown(shown: Shown) -> None:
    page = text(shown.browser().get("setup/how"))
    assert "keeps its books in" in page
    assert "The user of the salesperson" in page
    assert "found by looking each minute" in page


def test_what_lets_the_team_own_nothing_is_told_where_it_is_chosen() -> None:
    world = worlds.new_world(sales=rows(), teams=f"cronus={TEAM}")
    page = text(Browser(world).get("setup/how"))
    assert "has no security role, so it can own nothing: accounts, contacts" in page
    give_role(world, "Account", "Contact")
    page = text(Browser(world).get("setup/how"))
    assert "let it own them: Owner" in page
    assert "The user of the salesperson" in page


def test_teams_of_every_type_are_offered_but_access_teams() -> None:
    groups = [
        {"teamid": f"3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c2{n}", "name": f"Group {n}", "teamtype": n}
        for n in (2, 3)
    ]
    world = worlds.new_world(sales={"team": [*rows()["team"], *groups]})
    assert sorted(working.teams(world.at).values()) == ["BCI - CRONUS", "Group 2", "Group 3"]


def test_an_item_is_asked_for_live(shown: Shown) -> None:
    assert "There is no such item" in text(shown.browser().get("setup/how?item=NOPE"))


@pytest.mark.parametrize("role", ["reader", "operator"])
def test_only_an_administrator_decides(shown: Shown, role: str) -> None:
    assert shown.browser(role).get("setup/how").status == 403
    assert shown.browser(role).post("setup/how", {"act": "owner", "team": ""}).status == 403
    assert (
        shown.browser(role)
        .post("setup/sales/preparation", {"url": "https://contoso.crm.dynamics.com"})
        .status
        == 403
    )


def test_what_the_app_settings_fix_is_refused_with_a_reason(shown: Shown) -> None:
    done = shown.browser().post("setup/how", {"act": "orders", "written_in": "6110", "freight": ""})
    assert done.status == 400
    assert "fixed here" in text(done)


def test_accounts_of_single_companies_stay() -> None:
    known = "written_in=6110,cronus/freight=6410"
    assert with_accounts(known, {"written_in": "", "freight": " 6400 "}) == "freight=6400,cronus/freight=6410"
    assert accounts_of(known) == {"written_in": "6110"}


def test_a_company_has_one_team_or_none() -> None:
    team = "3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c10"
    assert with_team("other=a,cronus=b", "cronus", team) == f"other=a,cronus={team}"
    assert with_team("other=a,cronus=b", "cronus", "") == "other=a"


def test_every_feature_can_be_chosen_in_words_of_the_business() -> None:
    assert set(FEATURES) == set(Feature)
