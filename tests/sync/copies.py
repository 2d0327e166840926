"""Worlds that many tests begin with are made once in a process; each test is given a copy of its own.

To make one and to synchronise it takes thirty times as long as to copy it.  A copy shares with its original
only what two worlds made one after the other share, too: code, and what modules hold under a name.  All else,
down to closures, clocks and counters, is its own.  A test that may change code has its worlds made anew.
"""

from __future__ import annotations

import gc
import io
import itertools
import pickle
import sys
import threading
from collections.abc import Callable
from enum import Enum
from functools import partial, wraps
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any

from local.simulation.left_open import LeftOpen
from local.simulation.world import CompanyRecords
from local.simulators.business_central.schema import EntityType
from local.simulators.dataverse.schema import _shipped_tables
from shared_code.core.mapping import Mapping
from tests.current import Current
from tests.sync.alike import made_and_depends

PACKAGES = ("shared_code", "local", "tests")
PLAIN = (str, bytes, int, float, bool, type(None), BuiltinFunctionType)
"""Are carried by value or by name in any case."""
FIXED = (CodeType, ModuleType, EntityType, Mapping)
LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}
MOST = 24
"""So many originals are kept, half a megabyte each; the one that was made first goes first."""


class Original:
    """Something that was made, and copies of it as it was then."""

    def __init__(self, made: object) -> None:
        self._shared: list[object] = []
        kept = io.BytesIO()
        _Writer(kept, self._shared).dump(made)
        self._kept = kept.getvalue()

    def copy(self) -> Any:
        gc.disable()  # all that is made here is kept, so that looking for what is not only costs time
        try:
            return _Reader(io.BytesIO(self._kept), self._shared).load()
        finally:
            gc.enable()


_originals: dict[object, Original | None] = {}
"""By what made it of what; None where it was made once, and nobody has asked for another."""
_depend: dict[object, bool] = {}
"""Whether it comes out otherwise without bulk messages."""


def copied[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """``make``, which from the third time on gives copies of what it made of the same arguments."""

    @wraps(make)
    def given(*args: P.args, **kwargs: P.kwargs) -> T:
        key = None if Current.changes_code else _key(make, args, kwargs)
        if key is None:
            return make(*args, **kwargs)
        original = _originals.get(key)
        if original is None:
            made, _depend[key] = made_and_depends(partial(make, *args, **kwargs), _depend.get(key))
            _originals[key] = Original(made) if key in _originals else None
            _forget()
        else:
            made = original.copy()
        LeftOpen.depended |= _depend[key]
        return made

    return given


def _forget() -> None:
    kept = [key for key, each in _originals.items() if each is not None]
    for key in kept[:-MOST]:
        del _originals[key]


class _Own(Exception):
    """An argument that is somebody's own, such as a recorder: a copy of it would be of no use to them."""


def _key(make: object, args: object, kwargs: dict[str, Any]) -> object | None:
    """The same for the same arguments; none where they are more than data."""
    text = io.BytesIO()
    try:
        _Arguments(text).dump((args, sorted(kwargs.items())))
    except _Own:
        return None
    return make, text.getvalue()


class _Arguments(pickle.Pickler):
    def __init__(self, to: io.BytesIO) -> None:
        super().__init__(to, pickle.HIGHEST_PROTOCOL)
        self.fast = True  # equal data gives equal bytes, whether or not its parts are the same objects

    def reducer_override(self, obj: Any) -> Any:
        kind = obj if isinstance(obj, type) else type(obj)
        if issubclass(kind, CompanyRecords | Enum):
            return NotImplemented
        raise _Own


class _Writer(pickle.Pickler):
    def __init__(self, to: io.BytesIO, shared: list[object]) -> None:
        super().__init__(to, pickle.HIGHEST_PROTOCOL)
        self._held = _held()
        self._shared = shared
        self._places: dict[int, int] = {}

    def persistent_id(self, obj: object) -> int | None:
        """The place among what is shared; none for what each copy has of its own."""
        if isinstance(obj, PLAIN) or not (_is_fixed(obj) or id(obj) in self._held):
            return None
        if id(obj) not in self._places:
            self._places[id(obj)] = len(self._shared)
            self._shared.append(obj)
        return self._places[id(obj)]

    def reducer_override(self, obj: Any) -> Any:
        """How that is made anew of which pickle knows nothing."""
        if isinstance(obj, FunctionType):
            told = obj.__code__, obj.__module__, obj.__defaults__, obj.__kwdefaults__, obj.__closure__
            return _function, told
        if isinstance(obj, CellType):
            return CellType, (), obj.cell_contents, None, None, _fill
        if isinstance(obj, MappingProxyType):
            return MappingProxyType, (dict(obj),)
        if isinstance(obj, itertools.count):
            return _count, (repr(obj),)
        made = LOCKS.get(type(obj))
        return NotImplemented if made is None else (made, ())


def _is_fixed(obj: object) -> bool:
    """Whether nothing of it ever changes."""
    return isinstance(obj, FIXED) or (isinstance(obj, FunctionType) and not obj.__closure__)


def _held() -> dict[int, object]:
    """What the modules of this project hold under a name, and columns of their files, by identity."""
    modules = [each for name, each in list(sys.modules.items()) if name.partition(".")[0] in PACKAGES]
    named = [value for module in modules for value in vars(module).values()]
    columns = [each for table in _shipped_tables().values() for each in table.columns.values()]
    return {id(each): each for each in (*named, *columns) if not isinstance(each, PLAIN)}


class _Reader(pickle.Unpickler):
    def __init__(self, kept: io.BytesIO, shared: list[object]) -> None:
        super().__init__(kept)
        self._shared = shared

    def persistent_load(self, pid: Any) -> Any:
        return self._shared[pid]


def _function(code: CodeType, module: str, defaults: Any, named: Any, closure: Any) -> FunctionType:
    made = FunctionType(code, vars(sys.modules[module]), code.co_name, defaults, closure)
    made.__kwdefaults__ = named
    return made


def _fill(cell: CellType, contents: object) -> None:
    cell.cell_contents = contents


def _count(shown: str) -> itertools.count[int]:
    """The counter of that ``repr``."""
    return itertools.count(*(int(each) for each in shown.partition("(")[2].rstrip(")").split(",")))
