// Key attestation as an application sees it through the released JavaScript SDK.
import assert from "node:assert/strict";
import { verify, X509Certificate } from "node:crypto";
import test from "node:test";
import { keys, unique } from "./rig.mjs";

const SIGNATURE_BYTES = 64;

// The blob's signature, checked with Node's own cryptography.
function signedBy(blob, certificate) {
  const bytes = Buffer.from(blob);
  return verify(null, bytes.subarray(0, -SIGNATURE_BYTES), certificate.publicKey, bytes.subarray(-SIGNATURE_BYTES));
}

test("an attestation comes with a chain and two signed blobs", async () => {
  const name = unique("js-attested");
  const made = await keys.createEcKey(name);

  const { attestation } = (await keys.getKeyAttestation(name)).properties;

  assert.equal(attestation.version, "STRONGROOM-1");
  const pem = Buffer.from(attestation.certificatePemFile).toString();
  const [leaf, root] = pem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g).map((text) => new X509Certificate(text));
  assert.ok(leaf.verify(root.publicKey) && root.verify(root.publicKey));
  for (const blob of [attestation.privateKeyAttestation, attestation.publicKeyAttestation]) {
    assert.ok(signedBy(blob, leaf));
    assert.ok(Buffer.from(blob).includes(`/keys/${name}/${made.properties.version}`));
    assert.ok(Buffer.from(blob).includes(Buffer.from(made.key.x)));
  }
});

test("a version is attested by its name, and a plain key carries nothing", async () => {
  const name = unique("js-attested");
  const first = await keys.createRsaKey(name, { keySize: 2048 });
  await keys.createEcKey(name);

  const key = await keys.getKeyAttestation(name, { version: first.properties.version });

  assert.equal(key.id, first.id);
  assert.ok(Buffer.from(key.properties.attestation.publicKeyAttestation).includes(Buffer.from(first.key.n)));
  assert.equal((await keys.getKey(name)).properties.attestation, undefined);
});
