"""The package: what is deployed and nothing else, the same bytes each time."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tools.checks.sources import ROOT
from tools.package.content import IGNORES, is_ignored, packed, violations
from tools.package.measuring import Figures, page, start, try_out
from tools.package.writing import write

DEPLOYED = ("function_app.py", "host.json", "requirements.txt", "functions/api.py", "shared_code/settings.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small one without git."""
    for name in (*DEPLOYED, "local/host/host.py", "tests/test_x.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# text", encoding="utf-8")
    shutil.copy(ROOT / IGNORES, tmp_path)
    return tmp_path


def test_this_checkout_deploys_the_app_and_nothing_else() -> None:
    assert list(violations(ROOT)) == []


def test_only_what_is_not_left_out_is_packed(checkout: Path, tmp_path: Path) -> None:
    names = write(checkout, tmp_path / "out.zip")
    assert sorted(names) == sorted(DEPLOYED)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("function_app.py") == b"# text"


@pytest.mark.parametrize(
    "name", ["secrets.env", "local.settings.json.bak", "shared_code/notes.docx", "scripts/run.py"]
)
def test_a_file_that_nobody_meant_to_deploy_is_told(checkout: Path, name: str) -> None:
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("x", encoding="utf-8")
    assert [name in str(each) for each in violations(checkout)] == [True]


def test_a_part_of_the_app_that_is_left_out_is_told(checkout: Path) -> None:
    with (checkout / IGNORES).open("a", encoding="utf-8") as ignores:
        ignores.write("functions\n")
    assert [str(each) for each in violations(checkout)] == [f"{IGNORES}:1: functions would not be deployed"]


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("a/tests/b.py", True),
        ("tests.py", False),
        ("x.md", True),
        ("deep/x.md", True),
        (".github/w.yml", True),
    ],
)
def test_names_count_at_any_depth(name: str, ignored: bool) -> None:
    assert is_ignored(name, ["tests", "*.md", ".git*"]) is ignored


def test_the_same_files_give_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    write(checkout, tmp_path / "one.zip")
    (checkout / "host.json").touch()
    write(checkout, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_no_secret_of_this_machine_is_packed() -> None:
    assert not [path for path in packed(ROOT) if path.name in ("local.settings.json", ".env")]


def test_the_package_is_loaded_from_itself_alone() -> None:
    trial = try_out(ROOT, Path(sysconfig.get_path("purelib")))
    assert trial.files == len(packed(ROOT))
    assert trial.start.functions > 50


def test_a_package_without_a_part_that_is_needed_cannot_be_loaded(tmp_path: Path) -> None:
    """The checkout has the module: it must not stand in for what the package lacks."""
    for path in packed(ROOT):
        if "shared_code/core" not in path.as_posix():
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    with pytest.raises(subprocess.CalledProcessError) as told:
        start(ROOT, tmp_path, Path(sysconfig.get_path("purelib")))
    assert "No module named 'shared_code.core'" in told.value.stderr


def test_a_fresh_process_loads_the_app_and_its_figures_become_a_page() -> None:
    usual = try_out(ROOT, Path(sysconfig.get_path("purelib"))).start
    assert usual.functions > 50
    assert 0 < usual.seconds < 30  # what Azure gives a start
    figures = Figures(3, 10.4, 2048.0, usual, usual, usual, [("azure.functions", 99.6)])
    told = page(figures, "1 May 2026", "abc")
    assert f"| functions found | {usual.functions} |" in told
    assert "| `azure.functions` | 100 |" in told
    assert "| 2.0 MiB |" in told
