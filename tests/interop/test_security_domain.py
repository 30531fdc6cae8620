"""The file that a quorum of holders needs after a disaster is the published format, to the bit."""

import itertools

import pytest

from harness import security_domain
from harness.security_domain import Holder
from interop.domain_reader import Share, Unreadable, derive, open_direct, open_domain, recombine

VECTOR_KEY = bytes(range(32))


# The reader itself, against the reference's test vectors (security-domain.md §9): else it would prove nothing.


def test_the_reader_derives_keys_as_the_reference_does():
    assert derive(VECTOR_KEY, "hsm_backup").hex().startswith("2d34f55a1dd64e68d793ce19439e032e")
    assert derive(b"A" * 32, "label", b"context", 256).hex().startswith("f0ca51f6308791404bf68b56024ee7c6")


def test_the_reader_opens_the_references_jwe():
    jwe = (
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoiaHNtX2JhY2t1cCJ9..8PHy8_T19vf4-fr7_P3-_w."
        "2RWVUG-SIB6Dru5IwVlJZA.1Kvu6vSK6vAki3GJvdgukzUi1EkOgcRCv5a8thuz1cQ"
    )

    assert open_direct(derive(VECTOR_KEY, "hsm_backup"), jwe) == b"security domain"
    with pytest.raises(Unreadable):
        open_direct(derive(VECTOR_KEY, "hsm_backup"), jwe[:-21])  # a tag cut to half its length


def test_the_reader_recombines_the_references_shares():
    shares = [Share.parse(bytes.fromhex(text)) for text in ("be0ae00ae10a150a", "0a026c02fd021102", "48061706f3061306")]

    assert recombine(shares).hex() == "0041ff10"


# Our files.


@pytest.fixture(scope="module")
def holders():
    return [Holder.new(f"holder {n}") for n in range(10)]


def downloaded(own, holders, quorum) -> dict:
    return security_domain.activate(own.rest(own.administrator), holders, quorum)


@pytest.mark.parametrize("count, quorum", [(3, 2), (5, 3), (10, 10)])
def test_any_quorum_of_holders_opens_the_file_and_all_find_the_same(own, holders, count, quorum):
    file = downloaded(own, holders[:count], quorum)

    opened = [open_domain(file, some) for some in itertools.combinations(holders[:count], quorum)]

    assert opened[0] and all(opened[0].values())
    assert all(payloads == opened[0] for payloads in opened)


@pytest.mark.parametrize("count, quorum", [(3, 2), (5, 3), (10, 10)])
def test_one_holder_less_finds_nothing(own, holders, count, quorum):
    file = downloaded(own, holders[:count], quorum)

    for some in itertools.combinations(holders[:count], quorum - 1):
        with pytest.raises(Unreadable):
            open_domain(file, some)


def test_more_holders_than_needed_open_it_too(own, holders):
    file = downloaded(own, holders[:5], 3)

    assert open_domain(file, holders[:5]) == open_domain(file, holders[1:4])


def test_a_second_download_holds_the_same_domain_under_a_new_secret(own, holders):
    first = downloaded(own, holders[:3], 2)
    second = downloaded(own, holders[3:6], 2)

    assert open_domain(first, holders[:2]) == open_domain(second, holders[3:5])
    jwes = [[item["compact_jwe"] for item in file["EncData"]["data"]] for file in (first, second)]
    assert not set(jwes[0]) & set(jwes[1])


def test_each_file_byte_is_guarded(own, holders):
    file = downloaded(own, holders[:3], 2)
    item = file["EncData"]["data"][0]
    parts = item["compact_jwe"].split(".")
    for index in (2, 3, 4):
        changed = parts.copy()
        changed[index] = ("A" if changed[index][0] != "A" else "B") + changed[index][1:]
        item["compact_jwe"] = ".".join(changed)
        with pytest.raises(Unreadable):
            open_domain(file, holders[:2])
