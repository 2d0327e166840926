"""Formatted text as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.rich_text import plain
from shared_code.core.transformation_rules import Rule, apply


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Call back", "Call back"),
        ("a < b and c > d", "a < b and c > d"),
        ("two\nlines", "two\nlines"),
        ("<p>Call <b>Ann</b> back</p>", "Call Ann back"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ("<p>Fish&nbsp;&amp; chips</p>", "Fish & chips"),
        ("<div data-wrapper='true' dir='ltr' style='font-size:9pt'><div>Sent</div></div>", "Sent"),
        ("<style>p {color: red}</style><p>Seen</p>", "Seen"),
        ("<p>&lt;b&gt;bold&lt;/b&gt;</p>", "bold"),
        ("<p>a &lt; b</p>", "a < b"),
        ("<p></p>", ""),
        ("fish & chips &amp; peas", "fish & chips &amp; peas"),
        ("<ann@example.com> wrote", "<ann@example.com> wrote"),
    ],
)
def test_what_a_person_reads_is_left(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@given(st.text(alphabet="ab <>/&;plt!-\n", max_size=60))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_it_is_a_rule_of_mappings() -> None:
    assert apply((Rule("plain_text"),), "<p>Call back</p>", {}) == "Call back"
    assert apply((Rule("plain_text"),), None, {}) is None
