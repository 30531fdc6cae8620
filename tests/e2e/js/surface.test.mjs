// The whole surface of the JavaScript SDK's two clients: each public method has a scenario of its name here, and a
// release that brings a new one fails until it has one, too.
import assert from "node:assert/strict";
import { createHash, createPrivateKey, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { CryptographyClient } from "@azure/keyvault-keys";
import { collect, cryptographyOf, keys, rig, unique } from "./rig.mjs";

const MESSAGE = Buffer.from("Ten thousand to Alice.");
const DIGEST = createHash("sha256").update(MESSAGE).digest();
const DATA_KEY = randomBytes(32);
const name = (method) => unique(`js-${method}`);
const deleted = async (key) => (await keys.beginDeleteKey(key)).pollUntilDone();

function declared(file, client) {
  const text = readFileSync(`node_modules/@azure/keyvault-keys/dist/esm/${file}.d.ts`, "utf8");
  const body = text.slice(text.indexOf(`export declare class ${client} {`));
  const methods = body.slice(0, body.indexOf("\n}")).matchAll(/^    (?:get )?([a-zA-Z]+)\(/gm);
  return [...new Set([...methods].map(([, method]) => method))].filter((method) => method !== "constructor");
}

test("every public method has a scenario", () => {
  const here = readFileSync(fileURLToPath(import.meta.url), "utf8");
  const scenarios = [...here.matchAll(/^test\("([a-zA-Z]+\.[a-zA-Z]+)"/gm)].map(([, scenario]) => scenario);
  const methods = [["index", "KeyClient"], ["cryptographyClient", "CryptographyClient"]].flatMap(([file, client]) =>
    declared(file, client).map((method) => `${client}.${method}`));
  assert.ok(methods.length > 30);
  assert.deepEqual(scenarios.sort(), methods.sort());
});

test("KeyClient.createKey", async () => {
  const key = await keys.createKey(name("create"), "RSA-HSM", { keySize: 3072, tags: { a: "1" } });
  assert.deepEqual([key.keyType, key.key.n.length, key.properties.tags], ["RSA-HSM", 384, { a: "1" }]);
});

test("KeyClient.createRsaKey", async () => {
  assert.equal((await keys.createRsaKey(name("rsa"), { hsm: true, keySize: 2048 })).key.n.length, 256);
});

test("KeyClient.createEcKey", async () => {
  assert.equal((await keys.createEcKey(name("ec"), { hsm: true, curve: "P-384" })).key.crv, "P-384");
});

test("KeyClient.createOctKey", async () => {
  assert.equal((await keys.createOctKey(name("oct"), { hsm: true, keySize: 192 })).keyType, "oct-HSM");
});

test("KeyClient.importKey", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  const bytes = Object.fromEntries(["x", "y", "d"].map((member) => [member, Buffer.from(jwk[member], "base64url")]));
  const imported = await keys.importKey(name("import"), { kty: "EC", crv: "P-256", ...bytes }, { hardwareProtected: true });
  assert.equal(imported.keyType, "EC-HSM");
  assert.deepEqual(Buffer.from(imported.key.x), bytes.x);
  assert.equal(imported.key.d, undefined);
});

test("KeyClient.getKey", async () => {
  const key = name("get");
  const [first, second] = [await keys.createEcKey(key), await keys.createEcKey(key)];
  assert.equal((await keys.getKey(key)).id, second.id);
  assert.equal((await keys.getKey(key, { version: first.properties.version })).id, first.id);
});

test("KeyClient.getCryptographyClient", async () => {
  const key = await keys.createEcKey(name("client"));
  const client = keys.getCryptographyClient(key.name, { keyVersion: key.properties.version });
  assert.equal((await client.sign("ES256", DIGEST)).result.length, 64);
});

test("KeyClient.updateKeyProperties", async () => {
  const key = await keys.createEcKey(name("update"));
  assert.deepEqual((await keys.updateKeyProperties(key.name, { tags: { a: "1" } })).properties.tags, { a: "1" });
  const updated = await keys.updateKeyProperties(key.name, key.properties.version, { enabled: false });
  assert.equal(updated.properties.enabled, false);
});

test("KeyClient.listPropertiesOfKeys", async () => {
  const key = await keys.createEcKey(name("list"));
  assert.ok((await collect(keys.listPropertiesOfKeys())).some((properties) => properties.name === key.name));
});

test("KeyClient.listPropertiesOfKeyVersions", async () => {
  const key = name("versions");
  const made = new Set();
  for (let i = 0; i < 3; ++i) made.add((await keys.createEcKey(key)).properties.version);
  assert.deepEqual(new Set((await collect(keys.listPropertiesOfKeyVersions(key))).map(({ version }) => version)), made);
});

test("KeyClient.beginDeleteKey", async () => {
  const key = await keys.createEcKey(name("delete"));
  assert.ok((await deleted(key.name)).properties.recoveryId.endsWith(`/deletedkeys/${key.name}`));
  await assert.rejects(keys.getKey(key.name), { statusCode: 404 });
});

test("KeyClient.getDeletedKey", async () => {
  const key = await keys.createEcKey(name("deleted"));
  await deleted(key.name);
  assert.equal((await keys.getDeletedKey(key.name)).id, key.id);
});

test("KeyClient.listDeletedKeys", async () => {
  const key = await keys.createEcKey(name("list-deleted"));
  await deleted(key.name);
  assert.ok((await collect(keys.listDeletedKeys())).some((item) => item.name === key.name));
});

test("KeyClient.beginRecoverDeletedKey", async () => {
  const key = await keys.createEcKey(name("recover"));
  await deleted(key.name);
  await (await keys.beginRecoverDeletedKey(key.name)).pollUntilDone();
  assert.equal((await keys.getKey(key.name)).id, key.id);
});

test("KeyClient.purgeDeletedKey", async () => {
  const key = await keys.createEcKey(name("purge"));
  await deleted(key.name);
  await keys.purgeDeletedKey(key.name);
  await assert.rejects(keys.getDeletedKey(key.name), { statusCode: 404 });
});

test("KeyClient.backupKey", async () => {
  const key = await keys.createEcKey(name("backup"));
  assert.ok((await keys.backupKey(key.name)).length > 100);
});

test("KeyClient.restoreKeyBackup", async () => {
  const key = await keys.createEcKey(name("restore"));
  const blob = await keys.backupKey(key.name);
  await deleted(key.name);
  await keys.purgeDeletedKey(key.name);
  assert.equal((await keys.restoreKeyBackup(blob)).id, key.id);
});

test("KeyClient.updateKeyRotationPolicy", async () => {
  const key = await keys.createEcKey(name("policy"));
  assert.equal((await keys.updateKeyRotationPolicy(key.name, { expiresIn: "P90D" })).expiresIn, "P90D");
});

test("KeyClient.getKeyRotationPolicy", async () => {
  const key = await keys.createEcKey(name("get-policy"));
  await keys.updateKeyRotationPolicy(key.name, { expiresIn: "P90D" });
  assert.equal((await keys.getKeyRotationPolicy(key.name)).expiresIn, "P90D");
});

test("KeyClient.rotateKey", async () => {
  const first = await keys.createEcKey(name("rotate"));
  await keys.updateKeyRotationPolicy(first.name, { expiresIn: "P90D" });
  assert.notEqual((await keys.rotateKey(first.name)).id, first.id);
});

test("KeyClient.releaseKey", async () => {
  const encodedPolicy = new TextEncoder().encode(JSON.stringify(rig.attestation.policy));
  const key = await keys.createEcKey(name("release"), { hsm: true, exportable: true, releasePolicy: { encodedPolicy } });
  const { value } = await keys.releaseKey(key.name, rig.attestation.token);
  assert.equal(JSON.parse(Buffer.from(value.split(".")[1], "base64url")).response.key.key.kid, key.id);
});

test("KeyClient.getKeyAttestation", async () => {
  const key = await keys.createEcKey(name("attest"));
  assert.equal((await keys.getKeyAttestation(key.name)).properties.attestation.version, "STRONGROOM-1");
});

test("KeyClient.getRandomBytes", async () => {
  assert.equal((await keys.getRandomBytes(16)).length, 16);
});

test("CryptographyClient.vaultUrl", async () => {
  assert.equal(cryptographyOf(await keys.createEcKey(name("vault-url"))).vaultUrl, rig.url);
});

test("CryptographyClient.keyID", async () => {
  const key = await keys.createEcKey(name("key-id"));
  assert.equal(cryptographyOf(key.id).keyID, key.id);
});

// Local clients have the public key alone and ask no HSM.
test("CryptographyClient.encrypt", async () => {
  const key = await keys.createRsaKey(name("encrypt"), { hsm: true });
  const local = new CryptographyClient({ ...key.key, kty: "RSA" });
  for (const algorithm of ["RSA1_5", "RSA-OAEP"]) {
    const sealed = await local.encrypt({ algorithm, plaintext: MESSAGE });
    const opened = await cryptographyOf(key).decrypt({ algorithm, ciphertext: sealed.result });
    assert.deepEqual(Buffer.from(opened.result), MESSAGE, algorithm);
  }
});

test("CryptographyClient.decrypt", async () => {
  const client = cryptographyOf(await keys.createOctKey(name("decrypt"), { hsm: true, keySize: 256 }));
  const sealed = await client.encrypt({ algorithm: "A256GCM", plaintext: MESSAGE });
  const { result: ciphertext, iv, authenticationTag } = sealed;
  const opened = await client.decrypt({ algorithm: "A256GCM", ciphertext, iv, authenticationTag });
  assert.deepEqual(Buffer.from(opened.result), MESSAGE);
});

test("CryptographyClient.wrapKey", async () => {
  const key = await keys.createRsaKey(name("wrap"), { hsm: true });
  const local = new CryptographyClient({ ...key.key, kty: "RSA" });
  for (const algorithm of ["RSA1_5", "RSA-OAEP"]) {
    const { result } = await local.wrapKey(algorithm, DATA_KEY);
    assert.deepEqual(Buffer.from((await cryptographyOf(key).unwrapKey(algorithm, result)).result), DATA_KEY, algorithm);
  }
});

test("CryptographyClient.unwrapKey", async () => {
  const client = cryptographyOf(await keys.createOctKey(name("unwrap"), { hsm: true, keySize: 256 }));
  const { result } = await client.wrapKey("A256KW", DATA_KEY);
  assert.deepEqual(Buffer.from((await client.unwrapKey("A256KW", result)).result), DATA_KEY);
});

test("CryptographyClient.sign", async () => {
  const key = await keys.createRsaKey(name("sign"), { hsm: true });
  const { result } = await cryptographyOf(key).sign("RS256", DIGEST);
  const local = new CryptographyClient({ ...key.key, kty: "RSA" });
  assert.equal((await local.verifyData("RS256", MESSAGE, result)).result, true);
});

test("CryptographyClient.verify", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  const bytes = Object.fromEntries(["x", "y", "d"].map((member) => [member, Buffer.from(jwk[member], "base64url")]));
  const key = await keys.importKey(name("verify"), { kty: "EC", crv: "P-256", ...bytes });
  const outside = { key: createPrivateKey({ format: "jwk", key: jwk }), dsaEncoding: "ieee-p1363" };
  const signature = createSign("sha256").update(MESSAGE).sign(outside);
  assert.equal((await cryptographyOf(key).verify("ES256", DIGEST, signature)).result, true);
  assert.equal((await cryptographyOf(key).verify("ES256", randomBytes(32), signature)).result, false);
});

test("CryptographyClient.signData", async () => {
  const client = cryptographyOf(await keys.createEcKey(name("sign-data")));
  const { result } = await client.signData("ES256", MESSAGE);
  assert.equal((await client.verify("ES256", DIGEST, result)).result, true);
});

test("CryptographyClient.verifyData", async () => {
  const client = cryptographyOf(await keys.createEcKey(name("verify-data"), { curve: "P-521" }));
  const { result } = await client.signData("ES512", MESSAGE);
  assert.equal((await client.verifyData("ES512", MESSAGE, result)).result, true);
  assert.equal((await client.verifyData("ES512", Buffer.from("Eleven"), result)).result, false);
});
