"""Route templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.errors import HostError
from local.host.routes import parse_template

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("api/items", "/API/Items/", {}),
        ("api/items", "/api/items/1", None),
        ("a/{id:int}", "/a/-12", {"id": "-12"}),
        ("a/{id:int}", "/a/99999999999", None),
        ("a/{id:long}", "/a/99999999999", {"id": "99999999999"}),
        ("a/{id:int}", "/a/x", None),
        ("a/{id:guid}", f"/a/{GUID}", {"id": GUID}),
        ("a/{id:guid}", f"/a/{GUID}0", None),
        ("a/{name?}", "/a", {}),
        ("a/{name?}", "/a/b", {"name": "b"}),
        ("a/{name}", "/a", None),
        ("a/{name=x}", "/a", {"name": "x"}),
        ("a/{id:int=7}/{more?}", "/a", {"id": "7"}),
        ("a/{*rest}", "/a", {}),
        ("a/{*rest}", "/a/b/c%20d", {"rest": "b/c d"}),
        ("a/{**rest}", "/a/b/c", {"rest": "b/c"}),
        ("{file}.{ext}", "/report.pdf", {"file": "report", "ext": "pdf"}),
        ("{file}.{ext?}", "/report", {"file": "report"}),
        ("v{version:int}/x", "/v2/x", {"version": "2"}),
        ("a/{x:regex(^\\d{{2}}$)}", "/a/12", {"x": "12"}),
        ("a/{x:regex(^\\d{{2}}$)}", "/a/123", None),
        ("a/{x:alpha:length(2,3)}", "/a/abc", {"x": "abc"}),
        ("a/{x:alpha:length(2,3)}", "/a/abcd", None),
        ("a/{x:range(1,5)}", "/a/6", None),
        ("a/{x:min(3)}", "/a/3", {"x": "3"}),
        ("a/{x:bool}", "/a/TRUE", {"x": "TRUE"}),
        ("a/{x:datetime}", "/a/2026-11-24T10:00:00", {"x": "2026-11-24T10:00:00"}),
        ("a/{x}", "/a/b%2Fc", {"x": "b%2Fc"}),  # an encoded slash does not divide
        ("", "/", {}),
    ],
)
def test_match(template: str, path: str, parameters: dict[str, str] | None) -> None:
    assert parse_template(template).match(path) == parameters


def test_specific_templates_come_first() -> None:
    texts = ["a/b", "a/{x:int}", "a/{x}", "a/{*x:int}", "a/{*x}"]
    shuffled = [texts[i] for i in (3, 0, 4, 2, 1)]
    ordered = sorted(shuffled, key=lambda text: parse_template(text).precedence)
    assert ordered == texts


@pytest.mark.parametrize(
    "template",
    ["a/{", "a/}", "a/{x", "{x}/{x:nope}", "{*rest}/a", "{1x}", "{x}-{x}", "{x:regex([)}", "{x:min(a)}"],
)
def test_bad_template_is_refused(template: str) -> None:
    with pytest.raises(HostError, match="route"):
        parse_template(template)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    try:
        parse_template(text).match("/a/b")
    except HostError:
        return


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_path_can_be_matched(path: str) -> None:
    parse_template("a/{x:int}/{*rest}").match("/" + path)
