"""The parser refuses what is no AL, and says where."""

import pytest

from tests.tools.al.sources import PAGE
from tools.al.code import mentions
from tools.al.parser import parse
from tools.al.tokens import SourceError, tokens_of

CODEUNIT = 'codeunit 1 "X"\n{\n    procedure Run()\n    begin\n%s\n    end;\n}\n'


def code(body: str) -> str:
    return CODEUNIT % body


def test_an_object_has_its_number_name_properties_and_code() -> None:
    (page,) = parse(PAGE).objects
    assert (page.kind, page.id, page.name) == ("page", 71801, "Tandem Agents")
    assert page.block.value("EntitySetName") == "agents"
    assert [field.split_arguments[0][0].text for field in page.block.inside("field")][:2] == ["id", "code"]
    assert [routine.name for routine in page.block.routines] == ["OnOpenPage", "OnAfterGetRecord", "Describe"]
    assert [variable.name for variable in page.block.variables] == ["Note"]


def test_comments_are_left_out_and_quotes_inside_quotes_are_kept() -> None:
    found = tokens_of('// no\n\'it\'\'s\' /* nor\nthis */ "a ""b"""')
    assert [(token.kind, token.text, token.line) for token in found] == [
        ("text", "it's", 2),
        ("name", 'a "b"', 3),
    ]


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("if true then begin", 4, "begin is not closed before }"),
        ("repeat\nend;", 6, "end does not close repeat of line 5"),
        ("case 1 of\nuntil true;", 6, "until does not close case of line 5"),
        ("Error('open", 5, "nothing in AL begins with \"'open"),
        ("Error((1);", 6, "( is not closed before end"),
        ("Error(1));", 5, ") closes nothing"),
        ("Error(1];", 5, "] closes nothing"),
        ("end;", 6, "{ is missing before ';'"),
    ],
)
def test_what_stays_open_or_closes_another_is_refused_with_its_line(body: str, line: int, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(code(body))
    assert caught.value.line == line
    assert says in str(caught.value)


@pytest.mark.parametrize("cut", ["}", "    end;\n", "SourceTable = ", "{"])
def test_a_file_that_lacks_something_is_refused(cut: str) -> None:
    with pytest.raises(SourceError):
        parse(PAGE.replace(cut, "", 1) if cut != "}" else PAGE.rstrip().removesuffix("}"))


def test_a_property_that_is_set_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="set twice"):
        parse(PAGE.replace("    PageType = API;\n", "    PageType = API;\n    PageType = API;\n"))


def test_names_in_code_know_their_owner_their_arguments_and_whose_method_they_are_in() -> None:
    (unit,) = parse(code('Rec.SetRange("No.", Find(1, 2));')).objects
    found = {one.name.text: one for one in mentions(unit.block.routines[0].body)}
    assert found["SetRange"].owner is not None
    assert (found["SetRange"].owner.text, found["SetRange"].joined, found["SetRange"].arguments) == (
        "Rec",
        ".",
        2,
    )
    assert found["No."].method_of is not None
    assert found["No."].method_of.text == "Rec"
    assert (found["Find"].arguments, found["Find"].owner) == (2, None)
