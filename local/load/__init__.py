"""The load and kill test: a full synchronisation of many records while functions hosts are killed.

Two worlds are made from the same seed. In the first nothing happens to the hosts; in the second they are
ended with kill -9 at moments drawn from the seed. Both must come to rest in the same state, and checkers
that share no code with the product look at what both simulated systems and the storage then hold.
"""

from local.load.plan import Kill, Plan, kills_of
from local.load.running import Run, run
from local.load.verdict import verdict

__all__ = ["Kill", "Plan", "Run", "kills_of", "run", "verdict"]
