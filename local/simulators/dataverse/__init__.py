"""A strict simulator of the Dataverse Web API v9.2 with the customer tables of Dynamics 365 Sales.

It refuses what the service refuses, fills what the service fills, and counts what the service
counts.  ``Dataverse`` is the service; ``python -m local.simulators.dataverse`` runs it as a process.
"""

from local.simulators.dataverse.options import Options
from local.simulators.dataverse.service import Dataverse

__all__ = ["Dataverse", "Options"]
