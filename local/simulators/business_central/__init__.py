"""A strict simulator of Business Central online, API v2.0: one environment with several companies.

It refuses what the service refuses and keeps its oddities (README.md lists what is known and what is
assumed).  ``BusinessCentral.handle`` needs no socket; ``python -m local.simulators.business_central``
serves it.
"""

from local.simulators.business_central.options import Options, Permissions
from local.simulators.business_central.service import BusinessCentral, refusal

__all__ = ["BusinessCentral", "Options", "Permissions", "refusal"]
