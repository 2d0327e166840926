"""``$metadata``: the types of one API as CSDL 4.0, in the shape of a published document.

As in the service, it tells of whole sets whether they take creations and updates and of a property never that
it is read-only; what is bound to a page variable has no length.  Enum types are named after their property,
while the service names them after the table's enum and may share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import quoteattr

from local.simulators.business_central.errors import method_not_allowed
from local.simulators.business_central.schema import (
    EntityType,
    Navigation,
    Property,
    api_of,
)
from local.simulators.wire import Response

NAMESPACE = "Microsoft.NAV"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    f'<Schema Namespace="{NAMESPACE}" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
_FOOT = "</Schema></edmx:DataServices></edmx:Edmx>"
_TYPES = {
    "guid": "Edm.Guid",
    "text": "Edm.String",
    "code": "Edm.String",
    "decimal": "Edm.Decimal",
    "integer": "Edm.Int32",
    "boolean": "Edm.Boolean",
    "date": "Edm.Date",
    "datetime": "Edm.DateTimeOffset",
    "stream": "Edm.Stream",
}
_LONG = ("rowversion", "timestamp", "purgedto")
"""What the names of whole numbers of 64 bits end with."""
_IN_EVERY_API = ("companies", "subscriptions")
_RESTRICTIONS = (
    ("Delete", "Deletable", "delete"),
    ("Insert", "Insertable", "post"),
    ("Update", "Updatable", "patch"),
)


def metadata(method: str, api: str, types: Mapping[str, EntityType]) -> Response:
    """Answer a request for the document of ``api``."""
    if method != "GET":
        raise method_not_allowed(method.lower())
    shown = [entity for name, entity in types.items() if _belongs(name, api)]
    headers = {"Content-Type": "application/xml", "OData-Version": "4.0"}
    return Response(200, headers, document(shown).encode())


def _belongs(name: str, api: str) -> bool:
    return name in _IN_EVERY_API or api_of(name) == api


def document(shown: Iterable[EntityType]) -> str:
    """The metadata document of these entity sets."""
    entities = list(shown)
    names = {entity.name: entity.entity for entity in entities}
    enums = [_enum(entity, prop) for entity in entities for prop in entity.properties.values() if prop.enum]
    types = [_type(entity, names) for entity in entities]
    sets = [_set(entity) for entity in entities]
    return "".join(
        (_HEAD, *enums, *types, '<EntityContainer Name="NAV">', *sets, "</EntityContainer>", _FOOT)
    )


def _enum(entity: EntityType, prop: Property) -> str:
    members = (
        f"<Member Name={quoteattr(name)} Value={quoteattr(str(n))} />" for n, name in enumerate(prop.enum)
    )
    return f'<EnumType Name="{_enum_name(entity, prop)}">{"".join(members)}</EnumType>'


def _enum_name(entity: EntityType, prop: Property) -> str:
    return f"{entity.entity}{prop.name[0].upper()}{prop.name[1:]}"


def _type(entity: EntityType, names: Mapping[str, str]) -> str:
    parts = [f'<EntityType Name="{entity.entity}"><Key><PropertyRef Name="{entity.key}" /></Key>']
    parts += [_property(entity, prop) for prop in entity.properties.values()]
    parts += [_navigation(link, names) for link in entity.navigation.values() if link.target in names]
    return "".join((*parts, "</EntityType>"))


def _property(entity: EntityType, prop: Property) -> str:
    return f"<Property {' '.join(f'{key}={quoteattr(value)}' for key, value in _facets(entity, prop))} />"


def _is_long(entity: EntityType, prop: Property) -> bool:
    """Whether a whole number has 64 bits: the entries of deletions are numbered so, those of ledgers not."""
    is_entry = entity.entity == "deletion" and prop.name == "entryNumber"
    return prop.kind == "integer" and (is_entry or prop.name.lower().endswith(_LONG))


def _facets(entity: EntityType, prop: Property) -> Iterator[tuple[str, str]]:
    yield "Name", prop.name
    type_ = "Edm.Int64" if _is_long(entity, prop) else _TYPES.get(prop.kind)
    yield "Type", type_ or f"{NAMESPACE}.{_enum_name(entity, prop)}"
    if prop.required or prop.not_blank or prop.name == entity.key:
        yield "Nullable", "false"
    if type_ == "Edm.String" and prop.max_length and prop.filterable:
        yield "MaxLength", str(prop.max_length)
    if prop.kind == "decimal":
        yield "Scale", "Variable"


def _navigation(link: Navigation, names: Mapping[str, str]) -> str:
    type_ = f"{NAMESPACE}.{names[link.target]}"
    head = f'Name="{link.name}" Type="{f"Collection({type_})" if link.many else type_}"'
    inner = f'<ReferentialConstraint Property="{link.via}" ReferencedProperty="id" />' if link.via else ""
    return f'<NavigationProperty {head} ContainsTarget="true">{inner}</NavigationProperty>'


def _set(entity: EntityType) -> str:
    head = f'<EntitySet Name="{entity.set_name}" EntityType="{NAMESPACE}.{entity.entity}">'
    marks = [_annotation("ChangeTracking", "Supported", False)]
    marks += [_annotation(f"{n}Restrictions", p, verb in entity.operations) for n, p, verb in _RESTRICTIONS]
    marks.append(_annotation("SortRestrictions", "Sortable", not entity.order))
    return "".join((head, *marks, "</EntitySet>"))


def _annotation(term: str, name: str, value: bool) -> str:
    record = f'<Record><PropertyValue Property="{name}" Bool="{str(value).lower()}" /></Record>'
    return f'<Annotation Term="Org.OData.Capabilities.V1.{term}">{record}</Annotation>'
