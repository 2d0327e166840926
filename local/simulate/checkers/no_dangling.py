"""I8: a contact of a coupled pair belongs to the same customer on both sides, or a problem says why not."""

from __future__ import annotations

from local.simulate.evidence import Evidence, Linked
from local.simulate.observing import Key
from local.simulate.pairs import CONTACT, CUSTOMER

NAME = "I8 no dangling reference"


def check(evidence: Evidence) -> list[str]:
    return [
        line
        for link in evidence.links
        if link.pair.mapping == CONTACT.mapping and (line := _wrong_parent(evidence, link))
    ]


def _wrong_parent(evidence: Evidence, link: Linked) -> str | None:
    bc, sales = evidence.values(link.bc), evidence.values(link.sales)
    if bc is None or sales is None or evidence.problems_of(link.bc) or evidence.was_undone(link.bc.id):
        return None
    if not (evidence.is_inside(CONTACT, link.bc) and evidence.is_inside(CONTACT, link.sales)):
        return None
    account = Key("sales", "", "account", str(sales.get("_parentcustomerid_value")))
    customers = [
        each.bc for each in evidence.by_key.get(account, []) if each.pair.mapping == CUSTOMER.mapping
    ]
    own = [each for each in customers if each.company == link.bc.company]
    if any(each.code == "uncoupled" for each in evidence.problems.get(account, [])):
        return None  # A person parted the customer from its account.
    if not own:
        return (
            f"{link.bc.id} / {link.sales.id}: the account {account.id} is not coupled, and no problem says so"
        )
    employer = _contact_number_of(evidence, own[0])
    if employer is not None and employer != bc["companyNumber"]:
        return f"{link.bc.id} / {link.sales.id}: works for {bc['companyNumber']} in BC, {employer} in Sales"
    return None


def _contact_number_of(evidence: Evidence, customer: Key) -> str | None:
    """The number of the company contact that stands for a customer."""
    company = evidence.simulation.surroundings.bc.env.companies[customer.company]
    row = company.tables["customers"].rows.get(customer.id)
    contact_id = row.extra.get("contactId") if row else None
    contact = company.tables["contacts"].rows.get(str(contact_id))
    return str(contact.values["number"]) if contact else None
