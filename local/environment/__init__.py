"""Everything Tandem needs, on one machine: storage, Entra, Business Central, Sales, and the functions host.

    with Processes() as processes, start(processes, Options()) as environment:
        environment.people.bc.list("customers")
        environment.api.get("health")

Each start is a world of its own: empty storage, fresh records, random keys, free ports.
"""

from local.environment.environment import Environment, People
from local.environment.http import Refused
from local.environment.options import COMPANY, Generated, Options
from local.environment.starting import start

__all__ = ["COMPANY", "Environment", "Generated", "Options", "People", "Refused", "start"]
