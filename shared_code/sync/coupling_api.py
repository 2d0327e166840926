"""What the HTTP functions for coupling, uncoupling and synchronising on demand answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_code.core.instructions import Instruction
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.pairing import Difference, Verdict
from shared_code.core.records import Side
from shared_code.sync import by_hand, on_demand, pairs_shown, walks
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import (
    BadInput,
    NotFound,
    connection_of,
    document_of,
    flag_of,
    id_of,
    mapping_of,
    record_ids_of,
    refuse_unknown,
    refuse_unknown_parameters,
    side_of,
)
from shared_code.sync.by_hand import MAX_PAIRS, PairWanted
from shared_code.sync.on_demand import MAX_RECORDS, NotAllowed, Queued
from shared_code.sync.parts import ConnectionParts, Parts

THEN = {
    "nothing": Instruction.NONE,
    "merge": Instruction.MERGE,
    "bc_values": Instruction.BC_VALUES,
    "sales_values": Instruction.SALES_VALUES,
}
"""What is done about what differs in a pair."""


def couple(parts: Parts, name: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /mappings/{name}/couplings: couple pairs, or with ``check`` only say what would become of them."""
    at, mapping, document = _asked(parts, name, body, query, {"pairs", "then", "move", "check"})
    wanted = _pairs(mapping, document)
    found = by_hand.couple(
        parts,
        at,
        mapping,
        wanted,
        then_of(document, "then", "nothing"),
        moves=flag_of(document, "move"),
        only_check=flag_of(document, "check"),
    )
    view = {
        "mapping": name,
        "checked": flag_of(document, "check"),
        "pairs": [_pair_view(each) for each in found.pairs],
        "coupled": sum(each.verdict is Verdict.COUPLED for each in found.pairs),
        "job": found.job,
    }
    return Answer(200, view)


def get_pair(parts: Parts, name: str, record_id: str, query: Mapping[str, str]) -> Answer:
    """GET /mappings/{name}/couplings/{id}: the pair of a record of ``side``, with what both are called."""
    refuse_unknown_parameters(query, "connection", "side")
    at = connection_of(parts, query.get("connection"))
    mapping = mapping_of(at, name)
    side = side_of(query.get("side", "bc"), "side")
    found = pairs_shown.pair_of(at, mapping, side, id_of(record_id))
    if found is None:
        raise NotFound(f"the record {record_id} of {side.system_name} is not coupled in {name}")
    return Answer(200, {"mapping": name, **found})


def find_records(parts: Parts, name: str, query: Mapping[str, str]) -> Answer:
    """GET /mappings/{name}/records: records that are called so, with what they are coupled with; with
    ``begins`` also those whose number or name begins so, for a person to choose from."""
    refuse_unknown_parameters(query, "connection", "side", "text", "begins")
    at = connection_of(parts, query.get("connection"))
    mapping = mapping_of(at, name)
    text = query.get("text", "").strip()
    if not text or len(text) > pairs_shown.MAX_TEXT or not text.isprintable():
        raise BadInput(
            "text", f"write the number or name of a record, at most {pairs_shown.MAX_TEXT} characters"
        )
    begins = query.get("begins", "false")
    if begins not in ("true", "false"):
        raise BadInput("begins", "it must be true or false")
    side = side_of(query.get("side", "bc"), "side")
    shown = pairs_shown.find(at, mapping, side, text, begins=begins == "true")
    return Answer(200, {"mapping": name, "records": shown})


def create_partners(parts: Parts, name: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /mappings/{name}/partners: create the partners of records in the other system."""
    at, mapping, document = _asked(parts, name, body, query, {"side", "ids"})
    side = side_of(document.get("side"), "side")
    ids = record_ids_of(mapping, side, document, "ids", MAX_RECORDS)
    try:
        return _queued(name, on_demand.queue(parts, at, mapping, side, ids, Instruction.CREATE))
    except NotAllowed as reason:
        return problem(409, "The mapping does not do this.", str(reason))


def uncouple(parts: Parts, name: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /mappings/{name}/uncouple: end the pairs of records, or with ``all`` of the whole mapping."""
    at, mapping, document = _asked(parts, name, body, query, {"side", "ids", "all"})
    if flag_of(document, "all"):
        if "ids" in document or "side" in document:
            raise BadInput("all", "name records or say all, not both")
        job = walks.uncouple_all(parts, at, mapping)
        return _queued(name, Queued(job))
    side = side_of(document.get("side"), "side")
    ids = record_ids_of(mapping, side, document, "ids", MAX_RECORDS)
    return _queued(name, on_demand.queue(parts, at, mapping, side, ids, Instruction.UNCOUPLE))


def synchronize(parts: Parts, name: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /mappings/{name}/synchronize: synchronise coupled records now, in a direction or merged."""
    at, mapping, document = _asked(parts, name, body, query, {"side", "ids", "values"})
    side = side_of(document.get("side"), "side")
    ids = record_ids_of(mapping, side, document, "ids", MAX_RECORDS)
    wish = then_of(document, "values", "merge")
    if wish is Instruction.NONE:
        raise BadInput("values", "it must be merge, bc_values or sales_values")
    return _queued(name, on_demand.queue(parts, at, mapping, side, ids, wish))


def _asked(
    parts: Parts, name: str, body: bytes, query: Mapping[str, str], fields: set[str]
) -> tuple[ConnectionParts, TableMapping, dict[str, Any]]:
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", *fields})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    return at, mapping_of(at, name), document


def _pairs(mapping: TableMapping, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    given = document.get("pairs")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_PAIRS:
        raise BadInput("pairs", f"it must be a list of 1 to {MAX_PAIRS} objects with the ids bc and sales")
    return [_pair(mapping, each) for each in given]


def _pair(mapping: TableMapping, given: object) -> tuple[str, str]:
    if not isinstance(given, dict) or given.keys() != {"bc", "sales"}:
        raise BadInput("pairs", "each must be an object with the ids bc and sales")
    bc, sales = (record_ids_of(mapping, side, {side: [given[side]]}, side, 1)[0] for side in Side)
    return bc, sales


def then_of(document: Mapping[str, Any], name: str, default: str) -> Instruction:
    """A field that says what is done about what differs in a pair."""
    given = document.get(name, default)
    if not isinstance(given, str) or given not in THEN:
        raise BadInput(name, f"it must be one of {', '.join(THEN)}")
    return THEN[given]


_MESSAGES = {
    Verdict.COUPLED: "Coupled.",
    Verdict.IN_PLACE: "These two are coupled already.",
    Verdict.NAMED_TWICE: "One of the two is named twice in the request. Name each record once.",
    Verdict.BEING_CREATED: "A partner of the Sales record is being created now. Look again in a few minutes.",
    Verdict.NOT_FOUND: "One of the two records is not there. Check the ids.",
    Verdict.OUTSIDE_FILTER: "One of the two is outside the mapping's filter (blocked, inactive or of another "
    "kind). Correct the record first.",
    Verdict.OTHER_COMPANY: "The Sales record belongs to another company.",
}


def _message(each: PairWanted) -> str:
    if each.verdict is not Verdict.ALREADY_COUPLED:
        return _MESSAGES[each.verdict]
    told = [
        f"“{each.names[side] or own}” of {side.system_name} is already coupled to “{each.partners[side]}”."
        for side, own in ((Side.BC, each.bc_id), (Side.SALES, each.sales_id))
        if side in each.partners
    ] or ["One of the two got another partner at this moment."]
    return " ".join([*told, "Uncouple it first, or say move."])


def _pair_view(each: PairWanted) -> dict[str, Any]:
    return {
        "bc": each.bc_id,
        "sales": each.sales_id,
        "bcName": each.names.get(Side.BC, ""),
        "salesName": each.names.get(Side.SALES, ""),
        "result": each.verdict.value,
        "message": _message(each),
        "differences": [_difference_view(one) for one in each.differences],
    }


def _difference_view(each: Difference) -> dict[str, Any]:
    return {
        "group": each.group,
        "bc": dict(each.bc),
        "sales": dict(each.sales),
        "goesTo": each.goes_to.value if each.goes_to else None,
    }


_LEFT_OUT = {
    on_demand.COUPLED: "It is coupled already.",
    on_demand.NOT_COUPLED: "It is not coupled.",
}


def _queued(name: str, queued: Queued) -> Answer:
    left = [{"id": own, "reason": _LEFT_OUT[why]} for own, why in queued.left_out.items()]
    return Answer(202, {"mapping": name, "job": queued.job, "queued": len(queued.ids), "leftOut": left})
