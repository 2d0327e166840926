"""How couplings and intents are written as rows of a table, and read back."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, CouplingState, Intent, Origin, OriginKind
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side, Version
from shared_code.store.divided_text import as_values, text_of
from shared_code.store.json_values import differing, dump, load_values
from shared_code.store.tables import Entity, Scalar

WITHOUT_BASE = (
    "bc_id", "started_at_s", "sales_id", "state", "generation", "in_step", "bc_etag", "bc_stamp",
    "sales_etag", "sales_stamp", "reference", "rules",
)  # fmt: skip
"""What tells who is coupled with whom and at which versions: the base is most of a row, and seldom asked for.
The first two are those of a pointer and of an intent."""


def coupling_values(each: Coupling) -> dict[str, Scalar]:
    """A coupling as the values of its row."""
    values: dict[str, Scalar] = {
        "sales_id": each.sales_id,
        "state": each.state._value_,
        "generation": each.generation,
        "in_step": each.in_step,
    }
    if (bc := each.bc_version) is not None:
        values["bc_etag"], values["bc_stamp"] = bc.etag, bc.stamp
    if (sales := each.sales_version) is not None:
        values["sales_etag"], values["sales_stamp"] = sales.etag, sales.stamp
    if each.base is not None:
        values |= _base_values(each.base)
    optional = (
        ("reference", each.reference),
        ("batch", each.batch),
        ("outcome", each.outcome._value_ if each.outcome else ""),
        ("rules", each.rules),
        ("origin", _origin_text(each.origin) if each.origin else ""),
        ("untouched", each.untouched),
    )
    for name, text in optional:
        if text:
            values[name] = text
    return values


def _base_values(base: Base) -> dict[str, Scalar]:
    """The Sales side differs from the BC side in a few normalised fields at most: only those are kept."""
    values = as_values("base", dump(base.bc))
    if base.bc == base.sales:
        return values
    if other := differing(base.bc, base.sales):
        values |= as_values("base_sales", dump(other))
    if absent := [name for name in base.bc if name not in base.sales]:
        values["base_only_bc"] = "|".join(absent)
    return values


def _origin_text(each: Origin) -> str:
    """A batch's id has such strokes itself, so it comes last."""
    return "|".join((each.kind, each.side or "", f"{each.at_s:.3f}", each.job, each.batch))


def _origin(text: str) -> Origin | None:
    if not text:
        return None
    kind, side, at_s, job, batch = text.split("|", 4)
    return Origin(OriginKind(kind), job, batch, float(at_s), Side(side) if side else None)


def coupling_of(entity: Entity) -> Coupling:
    """The coupling that a row holds."""
    values = entity.values
    outcome = str(values.get("outcome", ""))
    return Coupling(
        bc_id=entity.row[2:],
        sales_id=str(values["sales_id"]),
        state=_STATES[values["state"]],
        generation=int(values["generation"]),
        base=_base(values),
        bc_version=_version(values, "bc_etag", "bc_stamp"),
        sales_version=_version(values, "sales_etag", "sales_stamp"),
        in_step=bool(values["in_step"]),
        reference=str(values.get("reference", "")),
        batch=str(values.get("batch", "")),
        outcome=_OUTCOMES[outcome] if outcome else None,
        rules=str(values.get("rules", "")),
        origin=_origin(str(values.get("origin", ""))),
        untouched=str(values.get("untouched", "")),
        etag=entity.etag,
    )


def _base(values: Mapping[str, Scalar]) -> Base | None:
    if not ("base" in values or "base_0" in values):
        return None
    text = text_of("base", values)
    bc = load_values(text)
    only_bc = set(str(values.get("base_only_bc", "")).split("|"))
    shared = {name: value for name, value in bc.items() if name not in only_bc}
    return Base(bc, shared | load_values(text_of("base_sales", values)))


_STATES: Mapping[Scalar, CouplingState] = {each.value: each for each in CouplingState}
_OUTCOMES: Mapping[str, Outcome] = {each.value: each for each in Outcome}


def _version(values: Mapping[str, Scalar], etag: str, stamp: str) -> Version | None:
    return Version(str(values[etag]), str(values[stamp])) if etag in values else None


def intent_of(entity: Entity) -> Intent:
    """The intent that a row holds."""
    values = entity.values
    return Intent(
        sales_id=entity.row[2:],
        started_at_s=float(values["started_at_s"]),
        batch=str(values.get("batch", "")),
        etag=entity.etag,
        sent=load_values(text_of("sent", values)),
        rules=str(values.get("rules", "")),
        key=str(values.get("key", "")),
    )
