"""Results kept in the memory of a process for a short while, made once however many ask at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Made(Generic[T]):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: T | None = None


class Kept(Generic[T]):
    """The newest results by key. A key names everything that a result depends on, its moment included.

    Never kept anywhere else: what is shown to people may hold names.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, _Made[T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make it; whoever asks meanwhile waits for the same result."""
        with self._lock:
            made = self._found.setdefault(key, _Made())
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        with made.lock:
            if made.value is None:
                made.value = make()
            return made.value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()
