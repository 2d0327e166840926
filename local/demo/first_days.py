"""The first chapters: two systems, what is coupled, what is created, and what a salesperson sees then."""

from __future__ import annotations

from local.demo import beginning, compared, letters
from local.demo.failures import expect
from local.demo.stage import Stage
from local.demo.teller import Teller

ASKED_FIRST = ("CUSTOMER", "CONTACT")
"""Mappings of which both sides hold records that are not coupled."""


def both_systems(teller: Teller) -> None:
    """What there is before Tandem does anything."""
    invoices, memos = beginning.post_drafts(teller.stage.environment)
    teller.step(
        "Two systems that do not know each other",
        "Business Central holds the company with its published demo records; the bookkeeper has posted "
        f"{invoices} invoices and {memos} credit memos. Sales holds a few of the same customers already: "
        "some are surely the same, some only look like it. Nothing is coupled yet.",
    )
    teller.numbers()


def first_full_synchronization(teller: Teller) -> None:
    """Matching couples what is the same; where both sides hold records nothing is created."""
    teller.step(
        "The first full synchronisation",
        "All mappings run in waves, each after those it depends on: units before items, items before "
        "prices. What is missing is created. But where both sides hold uncoupled records, here customers and "
        "contacts, only what is surely the same is coupled, and Tandem recommends “Couple Records” before "
        "anything could be doubled. What refers to the rest waits.",
    )
    stage = teller.stage
    customers_and_accounts = _parties(stage)
    lines = teller.full_synchronization({})
    stage.pause()
    for name in ASKED_FIRST:
        advice = lines[name]["initialSynchRecommendation"]
        expect(advice == "Couple Records", f"{name} should be advised to couple first, not “{advice}”.")
    same = _parties(stage) == customers_and_accounts
    expect(same, "No account of a customer and no customer should have been created before the release.")
    couplings = {name: len(stage.couplings(name)) for name in ASKED_FIRST}
    wanted = len(beginning.MATCHING + beginning.DIFFERING), len(beginning.MATCHING_CONTACTS)
    expect(tuple(couplings.values()) == wanted, f"{wanted} pairs should have been coupled, not {couplings}.")
    teller.proved(
        (
            f"{wanted[0]} customers and {wanted[1]} contact were coupled by match; "
            "no customer, and no account or contact of one, was created.",
            *_differing(stage),
        )
    )


def _parties(stage: Stage) -> tuple[int, int]:
    accounts = [each for each in stage.accounts() if each.get("customertypecode") == 3]
    return len(stage.customers()), len(accounts)


def _differing(stage: Stage) -> list[str]:
    """A matched pair that differs is a conflict from the first day."""
    listed = stage.problems("conflict")
    expect(len(listed) == len(beginning.DIFFERING), f"One matched pair should differ, {len(listed)} do.")
    return [
        f"{' '.join(str(each['details'].get('name', '')).split())}: coupled, but its "
        f"{' and '.join(each['details']['fields'])} differ. Both sides' values are kept and listed."
        for each in listed
    ]


def release(teller: Teller) -> None:
    """The rest is created; what might be the same still waits."""
    teller.step(
        "The rest is released",
        "A person has looked and releases customers and contacts: a second full synchronisation creates what "
        "has no partner, and what waited for it follows. Records that may be the same still wait.",
    )
    stage = teller.stage
    matched = len(stage.couplings("CUSTOMER"))
    teller.full_synchronization({"release": list(ASKED_FIRST)})
    teller.look()
    made, coupled = _accounts_made_by_tandem(stage), len(stage.couplings("CUSTOMER"))
    expect(made == coupled - matched, f"{coupled - matched} pairs are new, but Tandem made {made} accounts.")
    teller.proved([f"Tandem made {made} accounts of customers, one for each that had none."])
    teller.proved(_doubtful(stage))
    teller.all_accounted_for()
    teller.numbers()


def _accounts_made_by_tandem(stage: Stage) -> int:
    """Accounts of customers whose creator is Tandem's own user."""
    users = stage.sales("systemuser")
    own = {each["systemuserid"] for each in users if each.get("applicationid") == stage.client_id}
    accounts = [each for each in stage.accounts() if each.get("customertypecode") == 3]
    return sum(each.get("_createdby_value") in own for each in accounts)


def _doubtful(stage: Stage) -> list[str]:
    """Who waits because a person must decide."""
    waiting = [each for each in stage.problems("possible_partner") if each["side"] == "bc"]
    wanted = len(beginning.DOUBTFUL + beginning.DOUBTFUL_CONTACTS)
    expect(len(waiting) == wanted, f"{wanted} records should wait for a person; {len(waiting)} do.")
    by_id = {each["id"]: each for table in ("customers", "contacts") for each in stage.bc(table)}
    return [
        f"{by_id[each['id']]['displayName']} ({by_id[each['id']]['number']}) waits: {each['message']}"
        for each in waiting
    ]


def what_a_salesperson_sees(teller: Teller) -> None:
    """Both sides beside each other."""
    teller.step(
        "What a salesperson sees now",
        "Both systems beside each other, record by record: products, prices, opportunities, invoices.",
    )
    for compare in (compared.products, compared.prices, compared.opportunities, compared.invoices):
        teller.proved(compare(teller.stage))


def letters_of_many_scripts(teller: Teller) -> None:
    """Texts go over and come back unchanged."""
    teller.step(
        "Мебель, 家具, Sjøboden: every letter survives",
        "Customers are entered on both sides in many scripts. On the other side somebody adds a telephone "
        "number, so that each record travels there and back.",
    )
    typed = letters.enter(teller.stage)
    teller.look()
    letters.answer(teller.stage, typed)
    teller.look()
    teller.proved(letters.came_back(teller.stage, typed))
    teller.proved(letters.published(teller.stage))
