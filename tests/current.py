"""What is known of the test that runs."""

from __future__ import annotations


class Current:
    """``changes_code``: whether it may have put something else in the place of code or of a setting.

    So of whatever runs outside of a test, too.
    """

    changes_code = True
