"""The end of an example: at rest without help, perhaps again after a full synchronisation; then judged."""

from __future__ import annotations

from local.load.snapshot import take
from local.machine.disturbing import host_log
from local.machine.judging import Evidence, wrong
from local.machine.settling import come_to_rest, cycle
from local.machine.world import SECRETS, NotAtRest, World

READY = '{"ready"'
"""How the line begins by which a local host tells its keys to whoever started it."""


def verdict(world: World) -> list[str]:
    """What does not hold at the end.

    The cycles alone must have brought everything over. A deletion in Business Central is found by a full
    synchronisation only: where there was one, that follows, and all is judged again.
    """
    try:
        come_to_rest(world)
        found = wrong(evidence(world, deletions_known=not world.people.deleted_in_bc))
        if found or not world.people.deleted_in_bc:
            return found
        world.tell(f"full synchronisation {world.start_full_sync()}")
        come_to_rest(world)
    except NotAtRest as reason:
        return [f"it comes to rest: {reason}"]
    return [f"after a full synchronisation: {each}" for each in wrong(evidence(world, deletions_known=True))]


def evidence(world: World, *, deletions_known: bool) -> Evidence:
    """Everything there is to see, after one more cycle."""
    idle_writes = cycle(world)
    environment = world.environment
    settings = environment.settings
    account_key = settings["AzureWebJobsStorage"].partition("AccountKey=")[2].partition(";")[0]
    return Evidence(
        shot=take(environment, world.stored, world.full_sync_view(world.full_syncs[-1])),
        ledger=world.ledger,
        nonsense=tuple(world.nonsense),
        poison=tuple(world.stored.poison_texts()),
        logs=_logs(world),
        secrets=(*(settings[name] for name in SECRETS), account_key),
        idle_writes=idle_writes,
        deletions_known=deletions_known,
    )


def _logs(world: World) -> str:
    present = [host_log(world.environment, name).read_text("utf-8") for name in world.environment.hosts]
    lines = "\n".join([*world.disturber.logs, *present]).splitlines()
    return "\n".join(line for line in lines if not line.startswith(READY))
