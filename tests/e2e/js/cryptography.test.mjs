// Every cryptographic operation through the released JavaScript SDK, each result checked by Node's own cryptography,
// which knows only the public key.
import assert from "node:assert/strict";
import { constants, createHash, createPublicKey, publicEncrypt, randomBytes, verify } from "node:crypto";
import test from "node:test";
import { CryptographyClient } from "@azure/keyvault-keys";
import { cryptographyOf, keys, unique } from "./rig.mjs";

const MESSAGE = Buffer.from("Ten thousand to Alice.");
const b64u = (bytes) => Buffer.from(bytes).toString("base64url");
const digestOf = (hash) => createHash(hash).update(MESSAGE).digest();

function tampered(bytes) {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] ^= 1;
  return copy;
}

function rsaPublicKey({ key }) {
  return createPublicKey({ format: "jwk", key: { kty: "RSA", n: b64u(key.n), e: b64u(key.e) } });
}

function ecPublicKey({ key }, crv) {
  return createPublicKey({ format: "jwk", key: { kty: "EC", crv, x: b64u(key.x), y: b64u(key.y) } });
}

const PKCS1 = { padding: constants.RSA_PKCS1_PADDING };
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const RSA_SIGNATURES = [
  ["RS256", "sha256", PKCS1], ["RS384", "sha384", PKCS1], ["RS512", "sha512", PKCS1],
  ["PS256", "sha256", PSS], ["PS384", "sha384", PSS], ["PS512", "sha512", PSS],
];
const EC_SIGNATURES = [
  ["ES256", "P-256", "P-256", "sha256"], ["ES384", "P-384", "P-384", "sha384"],
  ["ES512", "P-521", "P-521", "sha512"], ["ES256K", "P-256K", "secp256k1", "sha256"],
];

test("rsa signatures verify outside with the public key", async () => {
  const key = await keys.createRsaKey(unique("js-rsa-sign"), { hsm: true, keySize: 2048 });
  const client = cryptographyOf(key);
  for (const [algorithm, hash, scheme] of RSA_SIGNATURES) {
    const { result } = await client.sign(algorithm, digestOf(hash));
    assert.ok(verify(hash, MESSAGE, { key: rsaPublicKey(key), ...scheme }, result), algorithm);
  }
});

test("the HSM tells a true rsa signature from a false one", async () => {
  const client = cryptographyOf(await keys.createRsaKey(unique("js-rsa-verify"), { hsm: true }));
  for (const [algorithm, hash] of RSA_SIGNATURES) {
    const { result } = await client.sign(algorithm, digestOf(hash));
    assert.equal((await client.verify(algorithm, digestOf(hash), result)).result, true, algorithm);
    assert.equal((await client.verify(algorithm, digestOf(hash), tampered(result))).result, false, algorithm);
  }
});

test("signed data verifies through the SDK's local cryptography", async () => {
  const key = await keys.createRsaKey(unique("js-sign-data"), { hsm: true });
  const client = cryptographyOf(key);
  const local = new CryptographyClient({ ...key.key, kty: "RSA" });

  const { result } = await client.signData("RS256", MESSAGE);

  assert.equal((await local.verifyData("RS256", MESSAGE, result)).result, true);
  assert.equal((await local.verifyData("RS256", Buffer.from("Eleven"), result)).result, false);
});

test("ec signatures verify outside with the public key", async () => {
  for (const [algorithm, curve, outsideCurve, hash] of EC_SIGNATURES) {
    const key = await keys.createEcKey(unique("js-ec-sign"), { hsm: true, curve });
    const client = cryptographyOf(key);

    const { result } = await client.sign(algorithm, digestOf(hash));

    const outside = { key: ecPublicKey(key, outsideCurve), dsaEncoding: "ieee-p1363" };
    assert.ok(verify(hash, MESSAGE, outside, result), algorithm);
    assert.equal((await client.verify(algorithm, digestOf(hash), result)).result, true, algorithm);
    assert.equal((await client.verify(algorithm, digestOf(hash), tampered(result))).result, false, algorithm);
  }
});

test("what is encrypted outside with the public key is decrypted inside", async () => {
  const key = await keys.createRsaKey(unique("js-rsa-decrypt"), { hsm: true });
  const client = cryptographyOf(key);
  const paddings = [
    ["RSA-OAEP", { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" }],
    ["RSA-OAEP-256", { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }],
    ["RSA1_5", { padding: constants.RSA_PKCS1_PADDING }],
  ];
  for (const [algorithm, scheme] of paddings) {
    const ciphertext = publicEncrypt({ key: rsaPublicKey(key), ...scheme }, MESSAGE);
    assert.deepEqual(Buffer.from((await client.decrypt(algorithm, ciphertext)).result), MESSAGE, algorithm);
  }
});

test("a data key wrapped with rsa is unwrapped again", async () => {
  const client = cryptographyOf(await keys.createRsaKey(unique("js-rsa-wrap"), { hsm: true }));
  const dataKey = randomBytes(32);
  for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"]) {
    const wrapped = await client.wrapKey(algorithm, dataKey);
    assert.deepEqual(Buffer.from((await client.unwrapKey(algorithm, wrapped.result)).result), dataKey, algorithm);
  }
});

test("a data key wrapped with aes is unwrapped again", async () => {
  for (const keySize of [128, 192, 256]) {
    const client = cryptographyOf(await keys.createOctKey(unique("js-aes-wrap"), { hsm: true, keySize }));
    const dataKey = randomBytes(32);
    const { result } = await client.wrapKey(`A${keySize}KW`, dataKey);
    assert.equal(result.length, 40);
    assert.deepEqual(Buffer.from((await client.unwrapKey(`A${keySize}KW`, result)).result), dataKey);
    await assert.rejects(client.unwrapKey(`A${keySize}KW`, tampered(result)), { statusCode: 400 });
  }
});

test("gcm returns its own nonce and a tag that guards text and context", async () => {
  for (const keySize of [128, 192, 256]) {
    const client = cryptographyOf(await keys.createOctKey(unique("js-gcm"), { hsm: true, keySize }));
    const algorithm = `A${keySize}GCM`;
    const additionalAuthenticatedData = Buffer.from("invoice 7");

    const sealed = await client.encrypt({ algorithm, plaintext: MESSAGE, additionalAuthenticatedData });

    assert.deepEqual([sealed.iv.length, sealed.authenticationTag.length], [12, 16]);
    const parts = { algorithm, ciphertext: sealed.result, iv: sealed.iv, authenticationTag: sealed.authenticationTag };
    const opened = await client.decrypt({ ...parts, additionalAuthenticatedData });
    assert.deepEqual(Buffer.from(opened.result), MESSAGE);
    await assert.rejects(client.decrypt({ ...parts, additionalAuthenticatedData: Buffer.from("invoice 8") }),
      { statusCode: 400 });
  }
});

test("cbc pads with zeros and cbcpad restores the exact text", async () => {
  for (const keySize of [128, 192, 256]) {
    const client = cryptographyOf(await keys.createOctKey(unique("js-cbc"), { hsm: true, keySize }));
    const iv = randomBytes(16);
    const roundTrip = async (algorithm) => {
      const { result } = await client.encrypt({ algorithm, plaintext: MESSAGE, iv });
      return Buffer.from((await client.decrypt({ algorithm, ciphertext: result, iv })).result);
    };
    assert.deepEqual(await roundTrip(`A${keySize}CBCPAD`), MESSAGE);
    assert.deepEqual(await roundTrip(`A${keySize}CBC`), Buffer.concat([MESSAGE, Buffer.alloc(32 - MESSAGE.length)]));
  }
});

test("an expired key is refused by the SDK itself, and by the HSM behind it", async () => {
  const name = unique("js-expired");
  const key = await keys.createEcKey(name);
  await keys.updateKeyProperties(name, { expiresOn: new Date("2020-01-01T00:00:00Z") });

  await assert.rejects(cryptographyOf(key.id).sign("ES256", digestOf("sha256")), /expired/i);
  await assert.rejects(cryptographyOf(key).sign("ES256", digestOf("sha256")), { statusCode: 403 });
});
