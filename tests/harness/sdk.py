"""The Python SDK's two flavours behind one way of calling them, so that a scenario is written once."""

import inspect

from azure.core.polling import LROPoller


class Sdk:
    """A client of azure.keyvault.keys, blocking or asynchronous.

    Every call returns what an application would have in the end: coroutines are awaited, pages and asynchronous pages
    become lists, pollers are waited for. `called` holds the names of the methods that were used.
    """

    def __init__(self, client, loop=None):
        self._client = client
        self._loop = loop
        self.called: set[str] = set()

    def __getattr__(self, name: str):
        # Deletion and recovery are long-running in one flavour and coroutines in the other.
        method = name if hasattr(self._client, name) else f"begin_{name}"
        attribute = getattr(self._client, method)
        self.called.add(method)
        if not callable(attribute):
            return attribute
        return lambda *values, **options: self._outcome(attribute(*values, **options))

    def _outcome(self, result):
        if inspect.isawaitable(result):
            return self._loop.run_until_complete(result)
        if hasattr(result, "__aiter__"):
            return self._loop.run_until_complete(collect(result))
        if isinstance(result, LROPoller):
            return result.result()
        return list(result) if hasattr(result, "by_page") else result


async def collect(pages) -> list:
    return [item async for item in pages]


def public_members(kind: type) -> set[str]:
    return {member for member in dir(kind) if not member.startswith("_")}
