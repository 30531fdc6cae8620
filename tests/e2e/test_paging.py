"""Listings longer than a page."""

import pytest

KEYS = 60


@pytest.fixture(scope="module")
def sixty():
    """Makes the sixty keys of a rig once."""
    made: dict[str, set[str]] = {}

    def of(rig) -> set[str]:
        if rig.url not in made:
            rest = rig.rest(rig.user)
            made[rig.url] = {f"page-{n:02}" for n in range(KEYS)}
            for name in made[rig.url]:
                rest.create_key(name, kty="oct-HSM", key_size=128)
        return made[rig.url]

    return of


def test_the_sdk_finds_each_of_sixty_keys_exactly_once(rig, keys, sixty):
    expected = sixty(rig)

    listed = [properties.name for properties in keys.list_properties_of_keys() if properties.name in expected]

    assert sorted(listed) == sorted(expected)


def test_a_page_is_no_longer_than_asked_for(rig, keys, sixty):
    sixty(rig)

    pages = [list(page) for page in keys.list_properties_of_keys(max_page_size=7).by_page()]

    assert all(len(page) <= 7 for page in pages)
    assert sum(map(len, pages)) >= KEYS


def test_a_next_link_names_this_host_without_an_api_version_and_the_last_page_has_none(rig, sixty):
    sixty(rig)
    rest = rig.rest(rig.user)

    page = rest.get("/keys", params={"maxresults": 25}).json()

    while "nextLink" in page:
        assert len(page["value"]) <= 25
        assert page["nextLink"].startswith(f"{rig.url}/keys?")
        assert "$skiptoken=" in page["nextLink"] and "api-version" not in page["nextLink"]
        page = rest.session.get(page["nextLink"] + "&api-version=7.4").json()


def test_a_listed_key_has_no_version_in_its_id_and_a_listed_version_has_one(rig, keys, name):
    created = keys.create_ec_key(name)

    (listed,) = [properties for properties in keys.list_properties_of_keys() if properties.name == name]
    (version,) = keys.list_properties_of_key_versions(name)

    assert listed.id == f"{rig.url}/keys/{name}"
    assert version.id == created.id


def test_versions_page_as_keys_do(rig, name):
    rest = rig.rest(rig.user)
    made = {rest.create_key(name, kty="oct-HSM")["key"]["kid"] for _ in range(30)}

    first = rest.get(f"/keys/{name}/versions").json()
    second = rest.session.get(first["nextLink"] + "&api-version=7.4").json()

    assert {item["kid"] for item in first["value"] + second["value"]} == made
    assert "nextLink" not in second


def test_a_key_made_during_a_listing_does_not_disturb_it(own, sixty, name):
    expected = sixty(own)
    rest = own.rest(own.user)
    page = rest.get("/keys").json()
    seen = [item["kid"] for item in page["value"]]
    while "nextLink" in page:
        rest.create_key(f"{name}-{len(seen)}", kty="oct-HSM")
        page = rest.session.get(page["nextLink"] + "&api-version=7.4").json()
        seen += [item["kid"] for item in page["value"]]

    assert len(seen) == len(set(seen))
    assert {kid.rsplit("/", 1)[1] for kid in seen} >= expected


def test_a_page_size_beyond_the_maximum_is_refused(own):
    for size in (0, 26, -1, "many"):
        answer = own.rest(own.user).get("/keys", params={"maxresults": size})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter"), size
