"""The limits on functions and files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks import sizes
from tools.checks.sources import python_files

type Plant = Callable[[str, str], Path]


def function(lines: int, name: str = "f") -> str:
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


def rules(root: Path) -> list[str]:
    measured = [sizes.measure(path, root) for path in python_files(root, sizes.PRODUCT)]
    return [str(violation) for violation in sizes.violations(measured)]


def test_a_function_of_60_lines_is_accepted_and_one_of_61_is_found(plant: Plant) -> None:
    small = "".join(function(1 + 1, f"s{n}") for n in range(3))
    assert rules(plant("shared_code/a.py", small + function(60))) == []
    assert rules(plant("shared_code/a.py", small + function(61))) == [
        "shared_code/a.py:7: f has 61 lines; a function has at most 60"
    ]


def test_a_median_of_10_lines_is_accepted_and_one_of_11_is_found(plant: Plant) -> None:
    assert rules(plant("dev.py", function(10))) == []
    assert rules(plant("dev.py", function(11))) == [
        ".:0: the median function has 11 lines; at most 10 are allowed"
    ]


@pytest.mark.parametrize(
    ("file", "is_held"), [("shared_code/a.py", True), ("functions/a.py", True), ("local/a.py", False)]
)
def test_a_file_of_401_lines_is_found_where_the_limit_holds(plant: Plant, file: str, is_held: bool) -> None:
    assert rules(plant(file, "x = 1\n" * 400)) == []
    assert rules(plant(file, "x = 1\n" * 401)) == (
        [f"{file}:1: 401 lines; a file has at most 400"] if is_held else []
    )


def test_tests_and_benchmarks_are_not_measured(plant: Plant) -> None:
    plant("tests/a.py", function(99))
    assert rules(plant("benchmarks/a.py", function(99))) == []


def test_methods_and_inner_functions_count(plant: Plant) -> None:
    root = plant("local/a.py", "class A:\n    async def m(self):\n        def inner():\n            pass\n")
    source = sizes.measure(root / "local/a.py", root)
    assert [(one.name, one.lines) for one in source.functions] == [("m", 3), ("inner", 2)]


def test_the_figures_name_the_longest_function(plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    assert sizes.main(plant("local/a.py", function(5, "long_one") + function(2, "short_one"))) == 0
    assert "the longest has 5 lines: long_one in local/a.py" in capsys.readouterr().out


def test_no_product_code_is_no_violation(tmp_path: Path) -> None:
    assert sizes.main(tmp_path) == 0
