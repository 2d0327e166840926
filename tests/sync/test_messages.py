"""Messages: what is sent is read back the same; what is none of ours is named and refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.sync.messages import (
    MAX_TEXT,
    Advance,
    BatchDue,
    Message,
    MessageInvalid,
    ScanMode,
    ScanStep,
    from_text,
    to_text,
)

STEP = ScanStep("cronus", "CUSTOMER", Side.BC, "job", JobKind.FULL, ScanMode.FULL, 3, "full")


@pytest.mark.parametrize(
    "message", [STEP, Advance("cronus", "full", True), BatchDue("cronus", "job", "bc|1|x")]
)
def test_a_message_is_read_back_as_it_was_sent(message: Message) -> None:
    assert from_text(to_text(message)) == message


def altered(**changes: object) -> str:
    return json.dumps({**json.loads(to_text(STEP)), **changes})


def without(name: str) -> str:
    document = json.loads(to_text(STEP))
    del document[name]
    return json.dumps(document)


BAD = {
    "nothing": "",
    "no JSON": "{",
    "half a number": "1e",
    "not a number": "NaN",
    "a list": "[]",
    "a text": '"scan"',
    "an empty object": "{}",
    "null": "null",
    "deeply nested": "[" * 100_000,
    "deeply nested objects": '{"v":' * 50_000,
    "a huge number": "9" * 10_000,
    "another version": altered(v=2),
    "a version as text": altered(v="1"),
    "a version that is true": altered(v=True),
    "an unknown type": altered(type="delete-everything"),
    "a type that is a list": altered(type=[]),
    "a type that is an object": altered(type={}),
    "an unknown side": altered(side="crm"),
    "a side that is a number": altered(side=1),
    "a side that is a list": altered(side=["bc"]),
    "an unknown kind": altered(kind="x"),
    "an unknown mode": altered(mode="x"),
    "a number as text": altered(number="1"),
    "a fraction": altered(number=1.5),
    "a truth for a number": altered(number=True),
    "a negative number": altered(number=-1),
    "a number beyond all steps": altered(number=10**9),
    "a mapping that is null": altered(mapping=None),
    "a field too many": altered(extra="x"),
    "a field too few": without("job"),
    "a text too long": altered(job="x" * (MAX_TEXT + 1)),
    "half a surrogate pair": altered(job="\ud800"),
    "a key no table takes": altered(job="a/b"),
    "a control character": altered(job="a\nb"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_message_of_ours_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(MessageInvalid) as caught:
        from_text(text)
    assert str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.text())
def test_no_text_at_all_leads_to_another_fault(text: str) -> None:
    with pytest.raises(MessageInvalid):
        from_text(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*json.loads(to_text(STEP)), "nudge", "batch", "full_sync"]), JSON))
def test_no_content_at_all_leads_to_another_fault(changes: dict[str, object]) -> None:
    try:
        from_text(json.dumps({**json.loads(to_text(STEP)), **changes}))
    except MessageInvalid as fault:
        assert str(fault)
