"""Commands to copy into any shell: sh, Windows' cmd and PowerShell read them alike.

The three agree on little: an argument in double quotes without a quote, ``$``, backtick or backslash before
a quote in it. A JSON body cannot be written so; it is put into a file and curl is given its name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CURL = "curl.exe" if os.name == "nt" else "curl"
"""In Windows PowerShell `curl` alone is another command."""


def asked(url: str, *, key: str = "", method: str = "") -> str:
    """A request without a body; `key` is a functions key."""
    header = f' -H "x-functions-key: {key}"' if key else ""
    verb = f" -X {method}" if method else ""
    return f'{CURL}{header}{verb} "{url}"'


def posted(url: str, body: Mapping[str, Any], file: Path) -> str:
    """A request with a JSON body, which is written to `file`. Raises OSError."""
    file.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return f'{CURL} -d "@{file}" "{url}"'
