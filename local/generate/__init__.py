"""Generated customers and contacts of Business Central, in the shape of the published ones.

The same numbers and seed give the same records, byte for byte. Names and addresses are invented; telephone
numbers and mail addresses lie in the ranges reserved for fiction and documentation.
"""

from local.generate.records import Generated, Wanted, generate
from local.generate.writing import PUBLISHED, write

__all__ = ["PUBLISHED", "Generated", "Wanted", "generate", "write"]
