"""The order of mappings: lookup targets first, cycles named."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.dependencies import DependencyCycle, waves


@pytest.mark.parametrize(
    ("depends_on", "expected"),
    [
        ({}, []),
        ({"A": []}, [["A"]]),
        ({"B": ["A"], "A": []}, [["A"], ["B"]]),
        ({"C": ["A", "B"], "B": ["A"], "A": []}, [["A"], ["B"], ["C"]]),
        ({"Z": [], "A": [], "M": ["Z"]}, [["A", "Z"], ["M"]]),
        ({"B": ["A", "A"], "A": []}, [["A"], ["B"]]),
    ],
)
def test_each_wave_needs_only_those_before_it(
    depends_on: dict[str, list[str]], expected: list[list[str]]
) -> None:
    assert waves(depends_on) == expected


def test_a_dependency_that_is_not_chosen_is_not_waited_for() -> None:
    assert waves({"B": ["A"], "C": ["B"]}) == [["B"], ["C"]]


def test_a_cycle_is_named_and_the_rest_is_not() -> None:
    with pytest.raises(DependencyCycle) as caught:
        waves({"A": ["B"], "B": ["C"], "C": ["A"], "D": []})
    names = caught.value.names
    assert names[0] == names[-1]
    assert set(names) == {"A", "B", "C"}
    graph = {"A": "B", "B": "C", "C": "A"}
    assert all(graph[name] == other for name, other in pairwise(names))
    assert " → ".join(names) in str(caught.value)


def test_a_mapping_that_waits_for_itself_is_a_cycle() -> None:
    with pytest.raises(DependencyCycle) as caught:
        waves({"A": ["A"]})
    assert caught.value.names == ["A", "A"]


@given(
    st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9).map(
        lambda graph: {str(n): [str(m) for m in others if m < n] for n, others in graph.items()}
    )
)
def test_every_mapping_comes_once_and_after_what_it_needs(graph: dict[str, list[str]]) -> None:
    order = waves(graph)
    place = {name: number for number, wave in enumerate(order) for name in wave}
    assert sum(map(len, order)) == len(place) == len(graph)
    for name, others in graph.items():
        assert all(place[other] < place[name] for other in others if other in graph)
