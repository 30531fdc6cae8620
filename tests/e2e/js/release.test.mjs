// Secure key release as an application sees it through the released JavaScript SDK. What is inside of the answer is
// opened in tests/e2e/test_release.py.
import assert from "node:assert/strict";
import test from "node:test";
import { keys, rig, unique } from "./rig.mjs";

const encodedPolicy = (policy = rig.attestation.policy) => new TextEncoder().encode(JSON.stringify(policy));
const payloadOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

test("an exportable key is released to an attested environment", async () => {
  const name = unique("js-release");
  const key = await keys.createKey(name, "RSA-HSM", { exportable: true, releasePolicy: { encodedPolicy: encodedPolicy() } });

  const released = await keys.releaseKey(name, rig.attestation.token, { nonce: "n-0", algorithm: "RSA_AES_KEY_WRAP_384" });

  const { request, response } = payloadOf(released.value);
  assert.equal(response.key.key.kid, key.id);
  assert.equal(response.key.key.kty, "RSA");
  assert.equal(request.enc, "RSA_AES_KEY_WRAP_384");
  assert.equal(request.nonce, "n-0");
  assert.equal(JSON.parse(Buffer.from(response.key.key.key_hsm, "base64url")).header.kid, "fake-release-key");
});

test("a policy is changed, and an immutable one is not", async () => {
  const name = unique("js-policy-change");
  const other = { ...rig.attestation.policy, anyOf: [{ ...rig.attestation.policy.anyOf[0], authority: "https://other.localhost/" }] };
  await keys.createEcKey(name, { hsm: true, exportable: true, releasePolicy: { encodedPolicy: encodedPolicy(other) } });
  await assert.rejects(keys.releaseKey(name, rig.attestation.token), { statusCode: 403 });

  const updated = await keys.updateKeyProperties(name, { releasePolicy: { encodedPolicy: encodedPolicy(), immutable: true } });

  assert.equal(updated.properties.releasePolicy.immutable, true);
  assert.ok((await keys.releaseKey(name, rig.attestation.token)).value);
  await assert.rejects(
    keys.updateKeyProperties(name, { releasePolicy: { encodedPolicy: encodedPolicy(other) } }),
    { statusCode: 400, code: "BadParameter" },
  );
});

test("exportable and a policy come together", async () => {
  await assert.rejects(keys.createKey(unique("js-no-policy"), "RSA-HSM", { exportable: true }), { statusCode: 400 });
  await assert.rejects(
    keys.createKey(unique("js-no-export"), "RSA-HSM", { releasePolicy: { encodedPolicy: encodedPolicy() } }),
    { statusCode: 400 },
  );
});
