"""Text that must not be in the repository: a machine's paths, registries' addresses, secrets, words of
unfinished work.

The patterns are written so that they do not match themselves. One line per find, `file:line: rule`.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.checks.sources import Violation, files, finish, name_of

MAX_BYTES = 5_000_000
PROSE = (
    ".py",
    ".md",
    ".html",
    ".js",
    ".css",
    ".bicep",
    ".al",
    ".xml",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".sh",
    "",
)
FOREIGN = (".min.js", ".min.css", ".map")  # other people's files, carried unchanged


@dataclass(frozen=True)
class Rule:
    """A pattern, what is wrong with it, and the file endings it is looked for in (none: all)."""

    says: str
    pattern: re.Pattern[str]
    endings: tuple[str, ...] = ()


def _rule(says: str, pattern: str, endings: tuple[str, ...] = (), flags: int = 0) -> Rule:
    return Rule(says, re.compile(pattern, flags), endings)


RULES = (
    _rule("a path of one machine", r"(?<![\w./~$}-])/(?:roo[t]|wor[k]|mn[t]|User[s])/"),
    # Azure's own paths begin with /home/ too.
    _rule("a path of one machine", r"(?<![\w./~$}-])/hom[e]/(?!site\b|LogFiles\b|data\b)\w"),
    _rule("a path of one machine", r"(?<![\w./~$}-])/tm[p]/\w"),
    _rule("a path of one machine", r"\b[A-Z]:\\{1,2}User[s]\\"),
    _rule("an address of a package registry", r"registry\.npm[j]s|registry\.yarn[p]kg|npm\.pkg\.git[h]ub"),
    _rule(
        "an address of a package registry",
        r"\bpyp[i]\.org|pyth[o]nhosted\.org|deb\.debia[n]\.org|proxy\.golan[g]",
    ),
    _rule("an address of a package registry", r"(?:--(?:extra-)?index-url|--registr[y])[= ]\S*://"),
    _rule("an address of a package registry", r'"resolve[d]":\s*"'),
    _rule("a private key", r"-----BEGIN (?:[A-Z]+ )?PRIVATE KE[Y]-----\s*$"),
    _rule("unfinished work", r"\b(?:TO[D]O|FIXM[E]|X[X]X)\b", PROSE),
    _rule(
        "unfinished work", r"\bnot (?:yet )?impl[e]mented\b|raise NotImpl[e]mentedError", PROSE, re.IGNORECASE
    ),
    _rule(
        "speaks of how the project was made", r"\bthe (?:design doc[u]ment|bri[e]f)\b|\bdesign\.m[d]\b", PROSE
    ),
    _rule("speaks of how the project was made", r"\b(?:issue|ticket|task) #\d", PROSE, re.IGNORECASE),
    _rule(
        "speaks of how the project was made",
        r"\b(?:sub-?agen[t]|langu[a]ge model|Cla[u]de|Chat[G]PT)\b",
        PROSE,
    ),
    _rule("names a private source", r"\bfact[s]/|\bfact[s]: ?[\w-]+\.md", PROSE),
)


def rules_for(file: str) -> list[Rule]:
    """The rules that hold for a file."""
    ending = Path(file).suffix
    return [rule for rule in RULES if not rule.endings or ending in rule.endings]


def violations_in(text: str, file: str) -> Iterator[Violation]:
    """Every find in one text, by line."""
    rules = rules_for(file)
    for number, line in enumerate(text.splitlines(), 1):
        for rule in rules:
            match = rule.pattern.search(line)
            if match:
                yield Violation(file, number, f"{rule.says}: {match[0].strip()[:40]}")


def readable(path: Path) -> str | None:
    """The file's text; None for binary and very large files."""
    if path.stat().st_size > MAX_BYTES:
        return None
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8", errors="replace")


def find(root: Path) -> Iterator[Violation]:
    """Every find in the files of a checkout."""
    for path in files(root):
        text = None if path.name.endswith(FOREIGN) else readable(path)
        if text is not None:
            yield from violations_in(text, name_of(path, root))


if __name__ == "__main__":
    sys.exit(finish(find))
