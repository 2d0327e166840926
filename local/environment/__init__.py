"""Everything Tandem needs, on one machine: storage, Entra, Business Central, Sales, and the functions host.

    with Processes() as processes, start(processes, Options()) as environment:
        environment.people.bc.list("customers")
        environment.api.get("health")

Each start is a world of its own: empty storage, fresh records, random keys, free ports.
"""

from local.environment.environment import Environment, People
from local.environment.http import Refused
from local.environment.options import COMPANY, Generated, Options
from local.environment.scope import HEART, WHOLE, WITHOUT_EXTENSION, Scope, scope_of
from local.environment.starting import start

__all__ = [
    "COMPANY", "HEART", "WHOLE", "WITHOUT_EXTENSION", "Environment", "Generated", "Options", "People",
    "Refused", "Scope", "scope_of", "start",
]  # fmt: skip
