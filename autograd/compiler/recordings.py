"""Recordings: those of one function, by the structure of its arguments and what it reads besides.

They are found by the structure; whether nothing else has changed is asked at each call.
"""

import itertools
import threading
import warnings
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any

from ..engine.collector import without_collector
from ..engine.errors import RecordedAgainWarning
from ..transforms.function_names import name_of
from ..transforms.strict import levels_to_user
from .captured.outside import Outside
from .first_call import telling

MOST_RECORDINGS = 128  # of one function; the one that was not used for longest makes room
MANY_CHANGES = 10  # of what the function reads besides its arguments: then there is a warning
Given = tuple[Sequence[Any], Sequence[Any]]  # the arguments of a call, recorded and static


class Recordings:
    """The recordings of `f`.

    Attributes:
        newest: by the structure of the arguments, the recording that was used last.
        last: the recording that was used last of all.
        clock: counts the calls.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.newest: dict[Hashable, Any] = {}
        self.last: Any = None
        self.clock = itertools.count()
        self._all: dict[tuple[Hashable, Hashable], Any] = {}
        self._changes = 0
        self._lock = threading.RLock()

    def values(self) -> Collection[Any]:
        """All that are kept."""
        return self._all.values()

    def current(self) -> dict[Hashable, Any]:
        """Those that would serve a call now, by the structure of its arguments."""
        with self._lock:
            return {
                key: found
                for key, found in self.newest.items()
                if found.watch is None or found.watch.same()
            }

    def add(self, recordings: Mapping[Hashable, Any]) -> None:
        """Add those of a file, which serve whatever there is besides the arguments."""
        with self._lock:
            for key, found in recordings.items():
                found.outside, found.watch, found.made_for = Outside(None), None, (key, None)
                found.last_used = next(self.clock)
                self._all[key, None] = self.newest[key] = found

    def find(self, key: Hashable, given: Given, make: Callable[[], Any]) -> Any:
        """The recording for a structure of arguments, and what the function reads besides them.

        Args:
            key: the structure.
            given: the arguments of the call.
            make: records the function.
        """
        found = self.newest.get(key)
        if found is None or not (found.watch is None or found.watch.same()):
            with self._lock:
                found = self._record(key, Outside(self.f, *given), make)
        found.last_used = next(self.clock)
        self.last = found
        return found

    def _record(self, key: Hashable, outside: Outside, make: Callable[[], Any]) -> Any:
        """The recording of `make`, or the one made before, or by another thread meanwhile."""
        found = self._all.get((key, outside.key))
        if found is None:
            if key in self.newest:
                self._warn_of_changes(outside.changed_since(self.newest[key].outside))
            with outside.refusing_draws(), telling(name_of(self.f)), without_collector():
                found = make()
            if len(self._all) >= MOST_RECORDINGS:
                self._drop_oldest()
            self._all[key, outside.key] = found
        # The objects of now, which are others perhaps with the same numbers.
        found.outside, found.watch = outside, outside.watch
        found.made_for = key, outside.key
        self.newest[key] = found
        return found

    def _drop_oldest(self) -> None:
        oldest = min(self._all, key=lambda one: self._all[one].last_used)
        dropped = self._all.pop(oldest)
        if self.newest.get(oldest[0]) is dropped:
            del self.newest[oldest[0]]

    def _warn_of_changes(self, what: str) -> None:
        self._changes += 1
        if self._changes == MANY_CHANGES:
            warnings.warn(
                f"{name_of(self.f)} is compiled for the {MANY_CHANGES}th time because something "
                f"changed that is no argument, now {what}: pass it as an argument, which may "
                "change at no cost",
                RecordedAgainWarning,
                stacklevel=levels_to_user(),
            )
