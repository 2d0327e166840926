"""`docs/transformation-rules.md`: every transformation rule with its parameters."""

from __future__ import annotations

from pathlib import Path

from shared_code.core.transformation_rules import (
    KINDS,
    MAX_MATCHED,
    MAX_PATTERN,
    MAX_REPEATS,
    MAX_RULES,
    Kind,
)
from tools.docs.markdown import code, document, table

INTRODUCTION = f"""\
A field of a mapping may list up to {MAX_RULES} rules. They change, one after the other, what the field holds
on the side it flows from, before it is compared and written. A rule without parameters is its name, any
other a table:

```toml
[[fields]]
name = "address"
direction = "to_sales"
bc = "addressLine1"
sales = "description"
rules = [
  {{ template = "{{addressLine1}}, {{postalCode}} {{city}}" }},
  "collapse",
  {{ cut = 250 }},
]
```

Rules are for the types text, code, phone, email, date, decimal, integer and, to Sales, option. What a rule
cannot read is a problem (`unreadable`) that shows the value; nothing is written. Without `cut` nothing is
cut off: too long a text is a problem too."""

PATTERNS = f"""\
## Patterns

`regex` takes the regular expressions of Python. So that no odd text can hold up the rest, a pattern has at
most {MAX_PATTERN} characters and {MAX_REPEATS} endless repeats (`*`, `+`, `{{2,}}`), repeats no group that
repeats something itself, and is tried on texts of up to {MAX_MATCHED} characters."""


def page(root: Path) -> str:
    """The page; the rules come from the code."""
    rows = [
        (code(name), each.does, _parameters(each), "yes" if each.tidies else "no")
        for name, each in KINDS.items()
    ]
    head = ("Rule", "What it does", "Parameters", "Both directions")
    blocks = [INTRODUCTION, table(head, rows), PATTERNS]
    return document("Transformation rules", "`shared_code/core/transformation_rules.py`", blocks)


_WORDS = {str: "text", int: "whole number", list: "list of fields", dict: "table of texts"}


def _parameters(kind: Kind) -> str:
    return ", ".join(f"{code(key)} ({_WORDS[wanted]})" for key, wanted in kind.parameters)
