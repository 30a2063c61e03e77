"""A loop that runs already in the caller's thread, as in a notebook, is no hindrance."""

import asyncio

import pytest

from checker.adapters.dask_executor import DaskExecutor
from checker.errors import SettingsError

pytestmark = pytest.mark.alone


def test_a_scheduler_is_looked_for_also_where_a_loop_is_running() -> None:
    async def inside() -> None:
        with pytest.raises(SettingsError, match="Ingen Dask-planlægger svarer") as refused, DaskExecutor("tcp://127.0.0.1:1", patience=1):
            pass
        assert "event loop" not in str(refused.value)

    asyncio.run(inside())
