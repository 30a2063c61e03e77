"""Carries work out item by item. Knows nothing of what the work is; the Dask one stands in `dask_executor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self, TypeVar

from checker.errors import IndexFault, ModelMissing, SettingsError

T = TypeVar("T")
R = TypeVar("R")
BROKEN = (SettingsError, IndexFault, ModelMissing)
"""What is wrong with the place and not with the item: no other item would fare better, so the run stops."""


class Executor(Protocol):
    """A context manager; what it needs is there between enter and exit."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def map(self, work: Callable[[T], R], items: Iterable[T], on_failed: Callable[[T, Exception], R]) -> Iterator[R]:
        """One result per item, as they come, in any order. `items` is drawn as there is room.

        Args:
            work: a function that another process can import; it need not be safe for several threads.
            items: what it is called with.
            on_failed: the result of an item on which `work` raised, or which ended the process it ran in.

        Raises:
            SettingsError, IndexFault, ModelMissing: `work` raised it; see BROKEN.
        """
        ...


class LocalExecutor:
    """In this process, one item after the other."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def map(self, work: Callable[[T], R], items: Iterable[T], on_failed: Callable[[T, Exception], R]) -> Iterator[R]:
        for item in items:
            try:
                result = work(item)
            except BROKEN:
                raise
            except Exception as error:
                result = on_failed(item, error)
            yield result
