"""What an HSM held when a recording of it began, read from the recording: keys that it names before it makes them."""

import re
from dataclasses import dataclass

KEY_PATH = re.compile(r"/(keys|deletedkeys)/([^/]+)(/.*)?")
NOT_KEYS = {"restore", "providers"}


@dataclass
class EarlierKey:
    name: str
    parameters: dict
    deleted: bool


def earlier_keys(exchanges) -> list[EarlierKey]:
    """The keys to make, and to delete again, before the first exchange is played."""
    earlier: dict[str, EarlierKey] = {}
    made: set[str] = set()
    for exchange in exchanges:
        if exchange.status == 401:
            continue
        for folder, name in _mentions(exchange):
            if name not in made and name not in earlier:
                earlier[name] = EarlierKey(name, _parameters(exchanges, name), folder == "deletedkeys")
        match = KEY_PATH.fullmatch(exchange.path)
        if match and match[2] not in NOT_KEYS and _makes_a_key(exchange, match):
            made.add(match[2])
        if exchange.path == "/keys/restore" and exchange.answer:
            made.add(exchange.answer["key"]["kid"].split("/")[4])
    return list(earlier.values())


def _makes_a_key(exchange, match) -> bool:
    return exchange.method == "PUT" and not match[3] or match[3] == "/create"


def _mentions(exchange):
    """(keys|deletedkeys, name) of each key that this exchange takes to exist already."""
    match = KEY_PATH.fullmatch(exchange.path)
    if match and match[2] not in NOT_KEYS and not _makes_a_key(exchange, match):
        yield match[1], match[2]
    elif exchange.path in ("/keys", "/deletedkeys") and exchange.answer:
        for item in exchange.answer["value"]:
            yield exchange.path[1:], item["kid"].split("/")[4]


def _parameters(exchanges, name: str) -> dict:
    """Type and size of an earlier key, as its first recorded bundle tells; a small key if none does."""
    for exchange in exchanges:
        key = (exchange.answer or {}).get("key", {}) if isinstance(exchange.answer, dict) else {}
        if f"/keys/{name}/" in key.get("kid", ""):
            parameters = {"kty": key["kty"], "key_ops": key["key_ops"]}
            if "crv" in key:
                parameters["crv"] = key["crv"]
            if "n" in key:  # 1024 bits, which were allowed in 2021, can't be made any more
                parameters["key_size"] = max(2048, len(key["n"]) * 6 // 1024 * 1024)
            return parameters
    return {"kty": "EC-HSM"}
