"""I8 for shipping agents: each is an option of its name or listed, and both sides of a customer name one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local.simulate.evidence import Evidence, Linked
from local.simulate.wider_actions import AGENTS
from shared_code.sync.parts import ConnectionParts

NAME = "I8 shipping agents"
MAPPING = "SHIPPING AGENT"
_COLUMN = "address1_shippingmethodcode"


def check(evidence: Evidence) -> list[str]:
    if "agents" not in evidence.simulation.incidents.plan.parts:
        return []
    labels = _labels(evidence)
    lines = [line for at in evidence.connections for line in _unlisted(evidence, at, labels)]
    customers = (each for each in evidence.links if each.pair.mapping == "CUSTOMER")
    return lines + [line for each in customers if (line := _other_agent(evidence, each, labels))]


def _labels(evidence: Evidence) -> Mapping[int, str]:
    """The options of the column of accounts, by value."""
    path = (
        f"EntityDefinitions(LogicalName='account')/Attributes(LogicalName='{_COLUMN}')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"
    )
    found = evidence.simulation.people.sales.call("GET", path)
    return {
        each["Value"]: each["Label"]["UserLocalizedLabel"]["Label"] for each in found["OptionSet"]["Options"]
    }


def _unlisted(evidence: Evidence, at: ConnectionParts, labels: Mapping[int, str]) -> Iterator[str]:
    """Agents that are neither an option of their name nor a problem."""
    store = at.couplings(MAPPING)
    options = {each.bc_id: labels.get(int(each.sales_id), "") for each in store.all_coupled()}
    listed = {each.record_id for each in store.all_problems(1000)}
    for agent, values in evidence.observer.of("bc", AGENTS, evidence.company_of(at)).items():
        if agent not in listed and options.get(agent, "").upper() != values["code"]:
            yield f"the agent {values['code']} stands for “{options.get(agent)}”, and no problem says so"


def _other_agent(evidence: Evidence, link: Linked, labels: Mapping[int, str]) -> str | None:
    """A customer whose two records name different agents, although nothing speaks against it."""
    sales = evidence.values(link.sales)
    if sales is None or evidence.problems_of(link.bc) or evidence.was_undone(link.bc.id):
        return None
    if not all(evidence.is_inside(link.pair, each) for each in (link.bc, link.sales)):
        return None
    if evidence.belongs_elsewhere(link.sales):
        return None
    company = evidence.simulation.surroundings.bc.env.companies[link.bc.company]
    named = str(company.tables["customers"].rows[link.bc.id].extra.get("shippingAgentCode") or "")
    option = sales.get(_COLUMN)
    label = "" if option is None else labels.get(int(option), "?")
    if label.upper() == named:
        return None
    return f"{link.bc.id} / {link.sales.id}: delivered by “{named}” in BC, “{label}” in Sales"
