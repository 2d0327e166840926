"""The documentation is true: links lead somewhere, generated pages are current, commands and names exist."""

import tomllib
from pathlib import Path

import pytest

import dev
from shared_code.core.catalogue import parse_mapping
from shared_code.store import permits
from shared_code.store.table_list import TABLES
from tests.docs.markdown import anchors, blocks, links, pages, verbs
from tools.checks.sources import ROOT
from tools.docs import dependencies
from tools.docs.__main__ import main, stale, write
from tools.docs.pages import PAGES

ALL = [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in pages()]
ELSEWHERE = ("https://", "http://", "mailto:")


@pytest.mark.parametrize("page", ALL)
def test_a_link_inside_the_checkout_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        if link.startswith(ELSEWHERE):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link} names no heading"


@pytest.mark.parametrize("page", ALL)
def test_a_command_that_a_page_names_is_a_verb_of_this_version(page: Path) -> None:
    for verb in verbs(page):
        assert verb in dev.VERBS, f"python dev.py {verb} does not exist"
        assert dev.is_available(dev.VERBS[verb]), f"python dev.py {verb} is not in this version"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, open_pages = set[Path](), [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        own = (link.partition("#")[0] for link in links(page) if not link.startswith(ELSEWHERE))
        open_pages += [(page.parent / name).resolve() for name in own if name]
    not_measured = {page for page in pages() if "measurements" not in page.parts}
    assert not_measured - reached == set()


def test_the_generated_pages_are_current() -> None:
    assert stale(ROOT) == []


def test_a_stale_page_is_told_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.docs.__main__.ROOT", tmp_path)
    monkeypatch.setattr("tools.docs.__main__.PAGES", {"a.md": lambda root: "as the code says\n"})
    assert main(["--check"]) == 1
    assert not (tmp_path / "a.md").exists()
    assert main([]) == 0
    assert write(tmp_path) == []
    assert main(["--check"]) == 0
    (tmp_path / "a.md").write_text("edited by hand\n")
    assert main(["--check"]) == 1


def test_a_package_needs_a_reason(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r other.txt\nsurprise==1.0\n")
    assert dependencies.pinned(tmp_path / "requirements.txt") == [("surprise", "1.0")]
    with pytest.raises(KeyError, match="surprise"):
        dependencies.page(tmp_path)


def test_no_reason_is_left_of_a_package_that_went() -> None:
    files = (dependencies.DEPLOYED, dependencies.DEVELOPMENT, dependencies.BENCHMARK)
    pinned = [dependencies.pinned(ROOT / name) for name in files]
    assert {name for each in pinned for name, _ in each} == set(dependencies.REASONS)


def test_every_generated_page_says_so() -> None:
    for name in PAGES:
        assert "Written by `python -m tools.docs`" in (ROOT / name).read_text(encoding="utf-8")


def test_every_table_in_storage_is_described() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for table in {*TABLES, permits.TABLE}:
        assert f"`{table}`" in text, f"{table} is not described"


def test_the_mapping_that_developers_are_shown_is_one() -> None:
    examples = [tomllib.loads(text) for text in blocks(ROOT / "docs" / "developer.md", "toml")]
    (whole,) = [each for each in examples if "name" in each]
    assert parse_mapping(whole).name == "VENDOR"
    (field,) = [each for each in examples if "name" not in each]
    assert parse_mapping({**whole, "fields": [*whole["fields"], *field["fields"]]})


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = (ROOT / "docs" / "pictures" / "flow.svg").read_text(encoding="utf-8")
    assert "<title" in picture
    assert "<desc" in picture
