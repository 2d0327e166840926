"""Worlds in which previews run to their end."""

from __future__ import annotations

from local.simulation.world import World
from shared_code.store.mapping_files import MappingFile
from shared_code.store.previews import PlannedWrite, Preview, PreviewStore, Sheet
from shared_code.sync.full_sync import Request
from shared_code.sync.previewing import previews
from tests.sync import worlds


def previewed(world: World, request: Request | None = None, file: MappingFile | None = None) -> Preview:
    """A preview that has come to its end."""
    started = previews.start(world.parts, world.at, request or Request(), file)
    worlds.deliver(world)
    return ended(world, started)


def ended(world: World, preview: Preview) -> Preview:
    previews.look_after(world.parts, world.at)
    found = PreviewStore(world.tables, world.at.name).get(preview.id)
    assert found is not None
    assert found.finished
    return found


def planned(world: World, preview: Preview) -> list[PlannedWrite]:
    return list(Sheet(world.tables, preview.table).writes())
