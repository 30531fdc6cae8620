"""Many operations on one key in one request, an extension of ours: each as its own call would have done it."""

import os
import signal
import threading

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from e2e.test_audit import audit_folder, records, verify
from harness import roles
from harness.rest import Rest, b64u, unb64u
from harness.server import wait_until

KEK = bytes(range(32))


def batch(rest, key, operations, version=""):
    return rest.post(f"/strongroom/keys/{key}/{version}/batch", {"operations": operations})


def results(rest, key, operations):
    answer = batch(rest, key, operations)
    assert answer.status_code == 200, answer.text
    found = answer.json()["results"]
    assert len(found) == len(operations)
    return found


def import_oct(rest, name, key=KEK) -> dict:
    answer = rest.put(f"/keys/{name}", {"key": {"kty": "oct-HSM", "k": b64u(key)}})
    assert answer.status_code == 200, answer.text
    return answer.json()["key"]


def codes(answers) -> list:
    return [answer.get("error", {}).get("code") for answer in answers]


def test_wraps_are_what_another_library_makes_and_unwraps_undo_them(own, name):
    rest = own.rest(own.user)
    kid = import_oct(rest, name)["kid"]
    secrets = [os.urandom(32) for _ in range(100)]

    answer = batch(rest, name, [{"operation": "wrapKey", "alg": "A256KW", "value": b64u(s)} for s in secrets])

    assert answer.json()["kid"] == kid
    wrapped = [r["value"] for r in answer.json()["results"]]
    assert [unb64u(w) for w in wrapped] == [aes_key_wrap(KEK, secret) for secret in secrets]
    back = results(rest, name, [{"operation": "unwrapKey", "alg": "A256KW", "value": w} for w in wrapped])
    assert [unb64u(r["value"]) for r in back] == secrets


def test_every_operation_is_answered_as_its_own_call_would_be_but_for_the_kid(own, name):
    rest = own.rest(own.user)
    import_oct(rest, name)
    single = rest.post(f"/keys/{name}/encrypt", {"alg": "A256GCM", "value": "c2VjcmV0", "aad": "YWFk"}).json()

    encrypted, decrypted = results(
        rest,
        name,
        [
            {"operation": "encrypt", "alg": "A256GCM", "value": "c2VjcmV0", "aad": "YWFk"},
            {"operation": "decrypt", **{m: single[m] for m in ("alg", "value", "iv", "tag", "aad")}},
        ],
    )

    assert set(encrypted) | {"kid"} == set(single)
    sealed = unb64u(encrypted["value"]) + unb64u(encrypted["tag"])
    assert AESGCM(KEK).decrypt(unb64u(encrypted["iv"]), sealed, b"aad") == b"secret"
    assert decrypted == {"alg": "A256GCM", "value": "c2VjcmV0"}


def test_signatures_verify_elsewhere_and_in_the_same_kind_of_request(own, name):
    rest = own.rest(own.user)
    jwk = rest.create_key(name, kty="EC-HSM", crv="P-256")["key"]
    numbers = ec.EllipticCurvePublicNumbers(*(int.from_bytes(unb64u(jwk[m]), "big") for m in "xy"), ec.SECP256R1())
    digests = [os.urandom(32) for _ in range(50)]

    signed = results(rest, name, [{"operation": "sign", "alg": "ES256", "value": b64u(d)} for d in digests])

    for digest, result in zip(digests, signed, strict=True):
        raw = unb64u(result["value"])
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        numbers.public_key().verify(der, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        with pytest.raises(InvalidSignature):
            numbers.public_key().verify(der, os.urandom(32), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    pairs = list(zip(digests, signed, strict=True)) + [(digests[0], signed[1])]
    verified = results(
        rest,
        name,
        [{"operation": "verify", "alg": "ES256", "digest": b64u(d), "value": s["value"]} for d, s in pairs],
    )
    assert verified == [{"value": True}] * 50 + [{"value": False}]


def test_a_thousand_operations_are_done_and_one_more_is_refused(own, name):
    rest = own.rest(own.user)
    import_oct(rest, name)
    secrets = [n.to_bytes(16, "big") for n in range(1000)]
    operations = [{"operation": "wrapKey", "alg": "A256KW", "value": b64u(secret)} for secret in secrets]

    assert [unb64u(r["value"]) for r in results(rest, name, operations)] == [aes_key_wrap(KEK, s) for s in secrets]

    refused = batch(rest, name, [*operations, operations[0]])
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "BadParameter"
    assert "1000" in refused.json()["error"]["message"]


def test_an_error_of_one_operation_leaves_the_others(own, name):
    rest = own.rest(own.user)
    import_oct(rest, name)
    good = {"operation": "wrapKey", "alg": "A256KW", "value": b64u(bytes(16))}
    bad = [
        {"operation": "wrapKey", "alg": "A256KW"},
        {"operation": "wrapKey", "alg": "A256KW", "value": "not base64url!"},
        {"operation": "wrapKey", "alg": "A256KW", "value": "AA"},
        {"operation": "wrapKey", "alg": "A128KW", "value": b64u(bytes(16))},
        {"operation": "wrapKey", "alg": "none", "value": b64u(bytes(16))},
        {"operation": "unwrapKey", "alg": "A256KW", "value": b64u(bytes(24))},
        {"operation": "decrypt", "alg": "A256GCM", "value": "AA", "iv": b64u(bytes(12)), "tag": b64u(bytes(16))},
    ]
    mixed = [good]
    for one in bad:
        mixed += [one, good]

    answers = results(rest, name, mixed)

    assert [unb64u(a["value"]) for a in answers[::2]] == [aes_key_wrap(KEK, bytes(16))] * (len(bad) + 1)
    assert codes(answers[1::2]) == ["BadParameter"] * len(bad)
    singles = [rest.post(f"/keys/{name}/{one['operation'].lower()}", one) for one in bad]
    without_id = lambda error: error["message"].split(" (Activity ID")[0]  # noqa: E731
    assert [without_id(a["error"]) for a in answers[1::2]] == [without_id(s.json()["error"]) for s in singles]


def test_key_ops_and_enabled_hold_for_each_operation(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="oct-HSM", key_size=256, key_ops=["wrapKey"])
    both = [
        {"operation": "wrapKey", "alg": "A256KW", "value": b64u(bytes(16))},
        {"operation": "encrypt", "alg": "A256GCM", "value": "AA"},
    ]

    assert codes(results(rest, name, both)) == [None, "Forbidden"]
    assert rest.patch(f"/keys/{name}", {"attributes": {"enabled": False}}).status_code == 200
    assert codes(results(rest, name, both)) == ["Forbidden", "Forbidden"]


def test_each_kind_of_operation_needs_its_own_permission(own, name):
    import_oct(own.rest(own.user), name)
    both = [
        {"operation": "encrypt", "alg": "A256GCM", "value": "AA"},
        {"operation": "wrapKey", "alg": "A256KW", "value": b64u(bytes(16))},
        {"operation": "sign", "alg": "HS256", "value": "AA"},
    ]
    nobody = own.rest(own.outsider)
    assert batch(nobody, name, both).status_code == 403
    assert batch(nobody, f"{name}-not-there", both).status_code == 403

    administrator = own.rest(own.administrator)
    scope = f"/keys/{name}"
    assignment = roles.grant(administrator, own.outsider.object_id, roles.ENCRYPTION_USER, scope)  # wrap and unwrap only
    try:
        answers = results(nobody, name, both)
    finally:
        administrator.delete(f"{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment}")

    assert codes(answers) == ["AccessDenied", None, "AccessDenied"]
    assert unb64u(answers[1]["value"]) == aes_key_wrap(KEK, bytes(16))


def test_a_batch_is_reached_by_every_spelling_of_a_version(own, name):
    rest = own.rest(own.user)
    version = import_oct(rest, name)["kid"].rsplit("/", 1)[1]
    body = {"operations": [{"operation": "wrapKey", "alg": "A256KW", "value": b64u(bytes(16))}]}

    paths_of = [f"/strongroom/keys/{name}/{version}/batch", f"/strongroom/keys/{name}/batch",
                f"/strongroom/keys/{name}//batch"]

    assert [rest.post(path, body).status_code for path in paths_of] == [200, 200, 200]
    assert rest.post(f"/strongroom/keys/{name}/{'0' * 32}/batch", body).status_code == 404
    assert rest.get(paths_of[0]).status_code == 405


def test_each_operation_has_a_record_of_its_own_and_the_log_verifies(own, name, tmp_path):
    rest = own.rest(own.user)
    kid = import_oct(rest, name)["kid"]
    operations = [{"operation": "wrapKey", "alg": "A256KW", "value": b64u(bytes(16))} for _ in range(20)]
    operations[7] = {"operation": "encrypt", "alg": "A256GCM", "value": "!"}

    answer = batch(rest, name, operations)

    request = answer.headers["x-ms-request-id"]
    (whole,) = [r for r in records(own) if r.get("correlationId") == request]
    found = [r for r in records(own) if r.get("batchId") == request]
    assert (whole["operationName"], whole["httpStatusCode"], whole["properties"]["id"]) == ("KeyBatch", 200, kid)
    assert own.user.object_id in whole["identity"]
    assert [r["operationName"] for r in found] == ["KeyWrap"] * 7 + ["KeyEncrypt"] + ["KeyWrap"] * 12
    assert [r["resultType"] for r in found] == ["Success"] * 7 + ["Failed"] + ["Success"] * 12
    assert len({r["correlationId"] for r in found} | {request}) == 21
    assert found[7]["correlationId"] in answer.json()["results"][7]["error"]["message"]
    assert [r["httpStatusCode"] for r in found] == [200] * 7 + [400] + [200] * 12
    for member in ("identity", "callerIpAddress"):
        assert {r[member] for r in found} == {whole[member]}
    assert {r["properties"]["id"] for r in found} == {kid}
    assert [r["properties"]["algorithm"] for r in found] == ["A256KW"] * 7 + ["A256GCM"] + ["A256KW"] * 12
    # A decision that is left out is as in the request's.
    seen = [whole["properties"] | r["properties"] for r in found]
    actions = [s["dataAction"].rsplit("/keys/", 1)[1] for s in seen]
    assert actions == ["wrap/action"] * 7 + ["encrypt/action"] + ["wrap/action"] * 12
    assert all(s["isRbacAuthorized"] and s["appliedAssignmentId"] for s in seen)
    result = verify(audit_folder(own))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_request_refused_as_a_whole_has_one_record(own, name):
    rest = own.rest(own.user)
    import_oct(rest, name)

    refused = batch(rest, name, [])

    assert refused.status_code == 400
    (record,) = [r for r in records(own) if r.get("correlationId") == refused.headers["x-ms-request-id"]]
    assert (record["operationName"], record["httpStatusCode"]) == ("KeyBatch", 400)


def test_while_a_long_batch_runs_other_requests_are_answered(own, name):
    rest = own.rest(own.user)
    rest.create_key(f"{name}-rsa", kty="RSA-HSM", key_size=4096)
    import_oct(rest, name)
    signing = [{"operation": "sign", "alg": "RS256", "value": b64u(bytes([n])*32)} for n in range(100)]
    done = threading.Event()
    answers = []

    bearer = rest.session.headers["Authorization"].removeprefix("Bearer ")

    def sign():
        answers.extend(results(Rest(own.url, own.server.ca, bearer), f"{name}-rsa", signing))
        done.set()

    thread = threading.Thread(target=sign)
    thread.start()
    between = 0
    while not done.is_set():
        wrapped = rest.post(f"/keys/{name}/wrapkey", {"alg": "A256KW", "value": b64u(bytes(16))})
        assert wrapped.status_code == 200
        between += not done.is_set()
    thread.join()

    assert codes(answers) == [None] * 100
    assert len({a["value"] for a in answers}) == 100
    assert between > 5


def test_a_partition_that_dies_in_the_middle_is_felt_by_no_operation(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="RSA-HSM", key_size=3072)
    before = own.server.partitions()
    killer = threading.Timer(0.2, lambda: os.kill(before[0], signal.SIGKILL))
    killer.start()

    answers = results(
        rest, name, [{"operation": "sign", "alg": "PS256", "value": b64u(os.urandom(32))} for _ in range(300)]
    )

    killer.join()
    assert codes(answers) == [None] * 300
    wait_until(lambda: len(own.server.partitions()) == len(before), 10, "the partition is not started again")
