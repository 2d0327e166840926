"""``$metadata`` of the simulator: the shape of the published document, and what each API has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.simulators.business_central.client import EXTENSION_ROOT, SAMPLES, TENANT, Client

ROOT = f"/v2.0/{TENANT}/production/api/v2.0"
DESCRIPTION = Path(__file__).parents[3] / "business_central_extension" / "api.json"
PUBLISHED = (SAMPLES / "real.metadata.xml").read_text("utf-8")


def document(bc: Client, root: str = ROOT) -> str:
    reply = bc.send("GET", f"{root}/$metadata", headers={"accept": "application/xml"})
    assert reply.status == 200
    return reply.raw.body.decode()


def types_of(text: str) -> dict[str, list[str]]:
    """The properties of each type as written, whatever its enums are called."""
    bodies = re.findall(r'<EntityType Name="(\w+)">(.*?)</EntityType>', text, re.S)
    return {
        name: [re.sub(r"Microsoft\.NAV\.\w+", "enum", each) for each in re.findall(r"<Property .*?/>", body)]
        for name, body in bodies
    }


def capabilities(text: str) -> dict[str, dict[str, str]]:
    sets = re.findall(r'<EntitySet Name="(\w+)"[^>]*>(.*?)</EntitySet>', text, re.S)
    return {name: dict(re.findall(r'Property="(\w+)" Bool="(\w+)"', body)) for name, body in sets}


@pytest.mark.parametrize("name", sorted(types_of(PUBLISHED)))
def test_properties_are_written_as_in_the_published_document(bc: Client, name: str) -> None:
    assert types_of(document(bc))[name] == types_of(PUBLISHED)[name]


@pytest.mark.parametrize("name", sorted(capabilities(PUBLISHED)))
def test_what_a_set_takes_is_written_as_in_the_published_document(bc: Client, name: str) -> None:
    assert capabilities(document(bc))[name] == capabilities(PUBLISHED)[name]


def test_the_extensions_document_has_its_own_sets_and_types() -> None:
    bc = Client(extension=True)
    theirs = json.loads(DESCRIPTION.read_text("utf-8"))["entitySets"]
    text = document(bc, EXTENSION_ROOT)
    assert capabilities(text).keys() - {"companies", "subscriptions"} == theirs.keys()
    for name, described in theirs.items():
        lines = types_of(text)[described["entity"]]
        assert [re.search(r'Name="(\w+)"', line)[1] for line in lines] == [
            f["name"] for f in described["fields"]
        ]  # type: ignore[index]
        for line, field in zip(lines, described["fields"], strict=True):
            assert f'Type="{field["type"]}"' in line, (name, line)
            length = None if field.get("variable") else field.get("maxLength")
            assert (f'MaxLength="{length}"' in line) if length else ("MaxLength" not in line), (name, line)


def test_it_is_well_formed_and_every_type_it_names_is_there(bc: Client) -> None:
    text = document(bc)
    ElementTree.fromstring(text)
    named = set(re.findall(r"Microsoft\.NAV\.(\w+)", text))
    assert named <= set(re.findall(r'<(?:EntityType|EnumType) Name="(\w+)"', text))


def test_it_is_read_only_and_for_those_who_signed_in(bc: Client) -> None:
    assert bc.send("POST", f"{ROOT}/$metadata", {}).status == 405
    assert bc.send("GET", f"{ROOT}/$metadata", token=None).status == 401
    assert bc.send("GET", f"{EXTENSION_ROOT}/$metadata").status == 404
