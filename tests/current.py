"""What is known of the test that runs."""

from __future__ import annotations

from typing import ClassVar


class Current:
    """``changes_code``: whether it may have put something else in the place of code or of a setting.

    So of whatever runs outside of a test, too.  ``shared``: place and name of fixtures that
    several tests share and that go otherwise without bulk messages.
    """

    changes_code = True
    shared: ClassVar[set[tuple[str, str]]] = set()
