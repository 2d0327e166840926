"""What the tests of the judge look at: the state in step of the load test's own judge."""

from tests.load.conftest import shot

__all__ = ["shot"]
