"""Dataverse's client against the strict simulator: reading, writing, scanning, and what goes wrong."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from local.simulators.faults import Fault, FaultPlan
from shared_code.systems import dataverse as client_module
from shared_code.systems.dataverse_webhooks import Webhooks
from shared_code.systems.interface import (
    AccessDenied,
    Change,
    Column,
    Creation,
    CursorExpired,
    Gone,
    Moved,
    NotDone,
    OutcomeUnknown,
    Page,
    Refused,
    Removal,
    Removed,
    SettingWrong,
    Table,
    Throttled,
    Written,
)
from tests.systems.conftest import Surroundings
from tests.systems.organisations import ACCOUNTS, ODD, ORG, Organisation, creation, organisation, row_of

__all__ = ["organisation"]

CONTACTS = Table(
    "contacts",
    "contactid",
    (
        Column("lastname"),
        Column("fullname"),
        Column("parentcustomerid", "accounts", "parentcustomerid_account"),
    ),
    scan_columns=("parentcustomeridtype",),
)
TERMS = Table("options:account.paymenttermscode", "value", (Column("value"), Column("label")), ("label",))


def scanned(organisation: Organisation, table: Table, page: Page) -> list[Page]:
    pages = [page]
    while pages[-1].next:
        pages.append(organisation.system.scan(table, pages[-1].next))
    return pages


def test_one_request_reads_many_and_leaves_out_the_missing(organisation: Organisation) -> None:
    ids = organisation.accounts(120)
    organisation.requests()
    found = organisation.system.read(ACCOUNTS, [*ids, str(uuid.uuid4())])
    assert (set(found), organisation.requests()) == (set(ids), 1)


def test_an_update_needs_the_version_it_was_made_for(organisation: Organisation) -> None:
    (key,) = organisation.accounts(1)
    before = organisation.system.read(ACCOUNTS, [key])[key].version
    after = row_of(organisation.system.update(ACCOUNTS, [Change(key, before, {"name": ODD})])[0])
    assert after.values["name"] == ODD
    assert after.version.stamp > before.stamp
    assert organisation.system.update(ACCOUNTS, [Change(key, before, {"name": "lost"})]) == [Moved()]


def test_moved_is_known_without_a_code(surroundings: Surroundings) -> None:
    organisation = Organisation(surroundings, empty_codes=True)
    (key,) = organisation.accounts(1)
    before = organisation.system.read(ACCOUNTS, [key])[key].version
    row_of(organisation.system.update(ACCOUNTS, [Change(key, before, {"name": "b"})])[0])
    assert organisation.system.update(ACCOUNTS, [Change(key, before, {"name": "c"})]) == [Moved()]


def removal(organisation: Organisation, key: str) -> Removal:
    return Removal(key, organisation.system.read(ACCOUNTS, [key])[key].version)


def test_a_deletion_needs_the_version_it_was_made_for(organisation: Organisation) -> None:
    kept, gone, missing = organisation.accounts(3)
    removals = [removal(organisation, each) for each in (kept, gone, missing)]
    row_of(organisation.system.update(ACCOUNTS, [Change(kept, removals[0].version, {"name": "edited"})])[0])
    organisation.delete(missing)
    organisation.requests()
    assert organisation.system.delete(ACCOUNTS, removals) == [Moved(), Removed(), Gone()]
    assert organisation.requests() == 1
    assert list(organisation.system.read(ACCOUNTS, [kept, gone, missing])) == [kept]


def test_a_deletion_whose_answer_is_lost_is_unknown(organisation: Organisation) -> None:
    (key,) = organisation.accounts(1)
    one = removal(organisation, key)
    organisation.fail(Fault.ANSWER_LOST, "POST")
    (result,) = organisation.system.delete(ACCOUNTS, [one])
    assert isinstance(result, OutcomeUnknown)
    assert organisation.system.delete(ACCOUNTS, [one]) == [Gone()]


def test_an_update_of_a_missing_row_is_gone(organisation: Organisation) -> None:
    (key,) = organisation.accounts(1)
    version = organisation.system.read(ACCOUNTS, [key])[key].version
    organisation.delete(key)
    currency = organisation.system.identity()["baseCurrencyId"]
    changes = [Change(key, version, {"name": "x"}), Change(key, version, {"transactioncurrencyid": currency})]
    assert organisation.system.update(ACCOUNTS, changes) == [Gone(), Gone()]


def test_a_lookup_to_nothing_is_refused_and_the_row_is_not_gone(organisation: Organisation) -> None:
    (key,) = organisation.accounts(1)
    version = organisation.system.read(ACCOUNTS, [key])[key].version
    change = Change(key, version, {"transactioncurrencyid": str(uuid.uuid4())})
    assert isinstance(organisation.system.update(ACCOUNTS, [change])[0], Refused)


def test_lookups_are_written_read_and_cleared(organisation: Organisation) -> None:
    (account,) = organisation.accounts(1)
    one = Creation({"lastname": "Ito", "parentcustomerid": account}, str(uuid.uuid4()))
    row = row_of(organisation.system.create(CONTACTS, [one])[0])
    assert (row.values["parentcustomerid"], row.values["parentcustomeridtype"]) == (account, "account")
    cleared = row_of(
        organisation.system.update(CONTACTS, [Change(row.id, row.version, {"parentcustomerid": None})])[0]
    )
    assert (cleared.values["parentcustomerid"], cleared.values["parentcustomeridtype"]) == (None, None)


def test_a_lookup_to_either_of_two_tables_says_to_which(organisation: Organisation) -> None:
    also = (("contacts", "parentcustomerid_contact"),)
    parent = Column("parentcustomerid", "accounts", "parentcustomerid_account", also)
    table = replace(CONTACTS, columns=(Column("lastname"), parent))
    (account,) = organisation.accounts(1)
    boss = row_of(organisation.system.create(CONTACTS, [Creation({"lastname": "Ito"}, str(uuid.uuid4()))])[0])
    for target, kind in ((f"accounts/{account}", "account"), (f"contacts/{boss.id}", "contact")):
        one = Creation({"lastname": "Ono", "parentcustomerid": target}, str(uuid.uuid4()))
        row = row_of(organisation.system.create(table, [one])[0])
        assert (row.values["parentcustomerid"], row.values["parentcustomeridtype"]) == (target, kind)
        assert organisation.system.read(table, [row.id])[row.id].values["parentcustomerid"] == target
        cleared = Change(row.id, row.version, {"parentcustomerid": None})
        assert row_of(organisation.system.update(table, [cleared])[0]).values["parentcustomerid"] is None
    for wrong in (account, f"teams/{account}", f"accounts/{account}/x", "accounts/"):
        one = Creation({"lastname": "Ono", "parentcustomerid": wrong}, str(uuid.uuid4()))
        assert isinstance(organisation.system.create(table, [one])[0], Refused)


def test_an_update_whose_answer_is_lost_is_unknown(organisation: Organisation) -> None:
    (key,) = organisation.accounts(1)
    version = organisation.system.read(ACCOUNTS, [key])[key].version
    organisation.fail(Fault.ANSWER_LOST, "POST")
    (result,) = organisation.system.update(ACCOUNTS, [Change(key, version, {"name": "b"})])
    assert isinstance(result, OutcomeUnknown)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.LATENCY, Fault.DUPLICATE}))
def test_a_read_gets_through_any_single_fault(organisation: Organisation, fault: Fault) -> None:
    ids = organisation.accounts(3)
    organisation.fail(fault)
    assert set(organisation.system.read(ACCOUNTS, ids)) == set(ids)


@pytest.mark.parametrize(
    "fault", [Fault.STATUS_429, Fault.STATUS_503, Fault.STATUS_503_NO_HINT, Fault.HTML_INSTEAD]
)
def test_a_write_gets_through_a_refusal(organisation: Organisation, fault: Fault) -> None:
    (key,) = organisation.accounts(1)
    version = organisation.system.read(ACCOUNTS, [key])[key].version
    organisation.fail(fault, "POST")
    assert row_of(organisation.system.update(ACCOUNTS, [Change(key, version, {"name": "b"})])[0])


def test_a_throttled_chunk_is_not_done_while_the_others_are(organisation: Organisation) -> None:
    ids = organisation.accounts(150)
    rows = organisation.system.read(ACCOUNTS, ids)
    organisation.faulty.replace(FaultPlan(retry_after_s=90))
    organisation.fail(Fault.STATUS_429, "POST", skip=1)
    results = organisation.system.update(
        ACCOUNTS, [Change(key, rows[key].version, {"name": "n"}) for key in ids]
    )
    assert [type(results[0]), type(results[149])] == [Written, NotDone]


def test_the_services_own_limit_is_told_with_its_wait(surroundings: Surroundings) -> None:
    organisation = Organisation(surroundings, request_limit=4)
    for _ in range(4):
        organisation.system.read(ACCOUNTS, [str(uuid.uuid4())])
    with pytest.raises(Throttled) as caught:
        organisation.system.read(ACCOUNTS, [str(uuid.uuid4())])
    assert caught.value.retry_after_s > 20


def test_a_full_scan_in_pages_meets_every_row_once(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE_SIZE", 4)
    ids = organisation.accounts(10)
    pages = scanned(organisation, ACCOUNTS, organisation.system.scan(ACCOUNTS, None))
    assert len(pages) >= 3
    assert sorted(one.id for page in pages for one in page.seen) == sorted(ids)
    assert pages[-1].watermark is not None


def test_a_scan_since_a_watermark_tells_changes_and_deletions_in_one_request(
    organisation: Organisation,
) -> None:
    first, second, third = organisation.accounts(3)
    watermark = organisation.system.scan(ACCOUNTS, None).watermark
    organisation.requests()
    quiet = organisation.system.scan(ACCOUNTS, watermark)
    assert (quiet.seen, quiet.deleted, organisation.requests()) == ((), (), 1)
    version = organisation.system.read(ACCOUNTS, [first])[first].version
    written = row_of(organisation.system.update(ACCOUNTS, [Change(first, version, {"name": "new"})])[0])
    organisation.delete(third)
    page = organisation.system.scan(ACCOUNTS, quiet.watermark)
    assert [(one.id, one.version) for one in page.seen] == [(first, written.version)]
    assert page.deleted == (third,)
    assert second


def test_an_expired_watermark_asks_for_a_full_scan(organisation: Organisation) -> None:
    organisation.accounts(1)
    watermark = organisation.system.scan(ACCOUNTS, None).watermark
    organisation.surroundings.clock.now += 30 * 86_400
    with pytest.raises(CursorExpired):
        organisation.system.scan(ACCOUNTS, watermark)


def test_a_scan_tells_what_a_customer_lookup_points_to(organisation: Organisation) -> None:
    (account,) = organisation.accounts(1)
    row_of(
        organisation.system.create(CONTACTS, [Creation({"lastname": "Ito", "parentcustomerid": account})])[0]
    )
    seen = organisation.system.scan(CONTACTS, None).seen
    assert [one.values["parentcustomeridtype"] for one in seen] == ["account"]


def test_a_table_without_change_tracking_cannot_be_scanned(surroundings: Surroundings) -> None:
    organisation = Organisation(surroundings, change_tracking={})
    with pytest.raises(SettingWrong):
        organisation.system.scan(ACCOUNTS, None)


def test_missing_rights_are_a_fault_of_the_table(surroundings: Surroundings) -> None:
    organisation = Organisation(surroundings, auto_users=False)
    for do in (
        lambda: organisation.system.scan(ACCOUNTS, None),
        lambda: organisation.system.read(ACCOUNTS, [str(uuid.uuid4())]),
        lambda: organisation.system.create(ACCOUNTS, [creation("a")]),
    ):
        with pytest.raises(AccessDenied):
            do()


def test_find_compares_whatever_was_typed(organisation: Organisation) -> None:
    names = [ODD, "it's", "100%", "a&b", "[x]", 'q"q', "x" * 100, "back\\slash"]
    for result in organisation.system.create(ACCOUNTS, [creation(name) for name in names]):
        row_of(result)
    organisation.requests()
    found = organisation.system.find(ACCOUNTS, "name", [*names, None, "", "nobody"])
    assert {row.values["name"] for row in found} == set(names)
    assert organisation.requests() == 1


@pytest.mark.parametrize(
    ("text", "names", "requests"),
    [
        ("cc", ["CC", "cc Ltd.", "CCCC"], 1),
        ("C%", ["C% 9"], 2),
        ("c[x]", ["C[x]"], 2),
        ("%", [], 1),
        ("it's", ["it's"], 1),
    ],
)
def test_what_begins_with_a_text_is_found_in_order_whatever_its_signs_mean_in_a_pattern(
    organisation: Organisation, text: str, names: list[str], requests: int
) -> None:
    for name in ("CCCC", "CC", "cc Ltd.", "C% 9", "C[x]", "X", "it's"):
        row_of(organisation.system.create(ACCOUNTS, [creation(name)])[0])
    organisation.requests()
    found = organisation.system.starting(ACCOUNTS, "name", text, 10)
    assert [row.values["name"] for row in found] == names
    assert organisation.requests() == requests


def test_of_many_that_begin_so_the_first_are_offered(organisation: Organisation) -> None:
    for name in ("Aab", "Aaa", "Aac", "Aa"):
        row_of(organisation.system.create(ACCOUNTS, [creation(name)])[0])
    found = organisation.system.starting(ACCOUNTS, "name", "aa", 2)
    assert [row.values["name"] for row in found] == ["Aa", "Aaa"]


def test_five_hundred_long_names_are_found_in_addresses_that_are_short_enough(
    organisation: Organisation,
) -> None:
    organisation.accounts(1)
    values = [f"{'ü' * 100}{n}" for n in range(499)]
    assert [row.values["name"] for row in organisation.system.find(ACCOUNTS, "name", [*values, "A 0"])] == [
        "A 0"
    ]


def test_rows_are_found_by_a_lookup(organisation: Organisation) -> None:
    (account,) = organisation.accounts(1)
    one = Creation({"lastname": "Ito", "parentcustomerid": account}, str(uuid.uuid4()))
    row_of(organisation.system.create(CONTACTS, [one])[0])
    assert [row.id for row in organisation.system.find(CONTACTS, "parentcustomerid", [account])] == [one.id]


def test_identity_tells_organisation_user_and_base_currency_in_two_requests(
    organisation: Organisation,
) -> None:
    organisation.surroundings.kinds.clear()
    told = organisation.system.identity()
    assert organisation.surroundings.kinds == ["identity", "identity"]
    assert (told["baseCurrencyCode"], told["expireChangeTrackingInDays"]) == ("USD", "7")
    assert uuid.UUID(told["organizationId"]) != uuid.UUID(told["userId"])


def test_options_are_read_from_metadata(organisation: Organisation) -> None:
    seen = organisation.system.scan(TERMS, None).seen
    labels = {one.id: one.values["label"] for one in seen}
    assert labels["1"] == "Net 30"
    rows = organisation.system.read(TERMS, ["1", "999"])
    assert {key: row.version for key, row in rows.items()} == {"1": seen[list(labels).index("1")].version}
    assert rows["1"].values["value"] == 1


def test_a_table_without_optimistic_concurrency_refuses_conditional_writes(
    surroundings: Surroundings,
) -> None:
    organisation = Organisation(surroundings, optimistic_concurrency={})
    (key,) = organisation.accounts(1)
    version = organisation.system.read(ACCOUNTS, [key])[key].version
    (result,) = organisation.system.update(ACCOUNTS, [Change(key, version, {"name": "b"})])
    assert result == Refused("0x8006088D", result.message if isinstance(result, Refused) else "")


def test_webhooks_are_registered_listed_and_removed(organisation: Organisation) -> None:
    webhooks = Webhooks(organisation.surroundings.client(organisation.faulty), ORG)
    endpoint = webhooks.create_endpoint(str(uuid.uuid4()), "Tandem", "https://hooks.example/api", "key")
    step = webhooks.create_step(str(uuid.uuid4()), endpoint, "account", "Update", ["name"])
    assert webhooks.endpoints("Tandem") == [endpoint]
    assert webhooks.steps(endpoint) == [step]
    webhooks.delete_step(step)
    webhooks.delete_endpoint(endpoint)
    assert webhooks.endpoints("Tandem") == []
