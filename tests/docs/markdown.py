"""Reading Markdown pages: their links, headings and blocks of commands."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.checks.sources import ROOT, files

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
COMMAND = re.compile(r"python dev\.py(?: ([a-z][\w-]*))?")


def pages() -> list[Path]:
    """Every page of the documentation: the README, the changes and everything below docs/."""
    own = [path for path in files(ROOT) if path.suffix == ".md" and path.relative_to(ROOT).parts[0] == "docs"]
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *own]


def prose(page: Path) -> str:
    """The page without its blocks of code and inline code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page: Path) -> list[str]:
    return LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def verbs(page: Path) -> list[str]:
    """The verbs of dev.py that a page names, in prose or in blocks."""
    return [verb for verb in COMMAND.findall(page.read_text(encoding="utf-8")) if verb]


def blocks(page: Path, language: str) -> Iterator[str]:
    """The page's blocks of code in a language, without their indentation."""
    for indent, given, text in FENCE.findall(page.read_text(encoding="utf-8")):
        if given == language:
            yield "\n".join(line.removeprefix(indent) for line in text.splitlines())
