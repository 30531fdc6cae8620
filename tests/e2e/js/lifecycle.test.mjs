// A key's life as an application sees it through the released JavaScript SDK.
import assert from "node:assert/strict";
import test from "node:test";
import { collect, keys, rig, unique } from "./rig.mjs";

test("a key is created and found again", async () => {
  const name = unique("js-found");
  const created = await keys.createRsaKey(name, { hsm: true, keySize: 2048 });
  const found = await keys.getKey(name);

  assert.equal(found.id, created.id);
  assert.equal(found.keyType, "RSA-HSM");
  assert.deepEqual(found.key.n, created.key.n);
  assert.match(created.id, new RegExp(`^${rig.url}/keys/${name}/[0-9a-f]{32}$`));
});

test("a key asked for in software is made in the HSM all the same", async () => {
  assert.equal((await keys.createKey(unique("js-rsa"), "RSA")).keyType, "RSA-HSM");
  assert.equal((await keys.createKey(unique("js-ec"), "EC")).keyType, "EC-HSM");
  assert.equal((await keys.createKey(unique("js-oct"), "oct")).keyType, "oct-HSM");
});

test("every curve is made with its own point", async () => {
  for (const [curve, width] of [["P-256", 32], ["P-384", 48], ["P-521", 66], ["P-256K", 32]]) {
    const { key } = await keys.createEcKey(unique("js-curve"), { hsm: true, curve });
    assert.equal(key.crv, curve);
    assert.deepEqual([key.x.length, key.y.length], [width, width]);
  }
});

test("a symmetric key shows nothing of its material", async () => {
  for (const keySize of [128, 192, 256]) {
    const { key } = await keys.createOctKey(unique("js-oct"), { hsm: true, keySize });
    assert.equal(key.k, undefined);
  }
});

test("what is set at creation is stored", async () => {
  const name = unique("js-set");
  const notBefore = new Date("2030-01-01T00:00:00Z");
  const expiresOn = new Date("2037-01-01T00:00:00Z");
  await keys.createEcKey(name, { enabled: false, notBefore, expiresOn, keyOps: ["sign"], tags: { purpose: "payroll" } });

  const { properties, keyOperations } = await keys.getKey(name);

  assert.equal(properties.enabled, false);
  assert.deepEqual([properties.notBefore, properties.expiresOn], [notBefore, expiresOn]);
  assert.deepEqual(properties.tags, { purpose: "payroll" });
  assert.deepEqual(keyOperations, ["sign"]);
  assert.equal(properties.exportable, false);
  assert.equal(properties.recoverableDays, 90);
});

test("an update replaces what it names and leaves the rest", async () => {
  const name = unique("js-update");
  const { properties } = await keys.createEcKey(name, { tags: { a: "1", b: "2" } });

  await keys.updateKeyProperties(name, properties.version, { tags: { c: "3" } });
  const updated = await keys.updateKeyProperties(name, { enabled: false });

  assert.deepEqual(updated.properties.tags, { c: "3" });
  assert.equal(updated.properties.enabled, false);
  assert.ok(updated.properties.updatedOn >= properties.updatedOn);
});

test("a second creation makes a new version and keeps the old", async () => {
  const name = unique("js-version");
  const first = await keys.createEcKey(name);
  const second = await keys.createEcKey(name);

  assert.notEqual(first.properties.version, second.properties.version);
  assert.equal((await keys.getKey(name)).id, second.id);
  assert.deepEqual((await keys.getKey(name, { version: first.properties.version })).key.x, first.key.x);
  const listed = await collect(keys.listPropertiesOfKeyVersions(name));
  assert.deepEqual(new Set(listed.map(({ version }) => version)),
    new Set([first.properties.version, second.properties.version]));
});

test("an unknown key is not found", async () => {
  await assert.rejects(keys.getKey(unique("js-none")), { statusCode: 404, code: "KeyNotFound" });
});

test("sixty keys are listed each exactly once", async () => {
  const made = new Set();
  for (let n = 0; n < 60; ++n) made.add((await keys.createOctKey(unique("js-page"), { hsm: true, keySize: 128 })).name);

  const listed = (await collect(keys.listPropertiesOfKeys())).map(({ name }) => name).filter((name) => made.has(name));

  assert.equal(listed.length, 60);
  assert.equal(new Set(listed).size, 60);
});

test("a page is no longer than asked for", async () => {
  for await (const page of keys.listPropertiesOfKeys().byPage({ maxPageSize: 7 })) assert.ok(page.length <= 7);
});

test("random bytes come in the number asked for", async () => {
  assert.equal((await keys.getRandomBytes(1)).length, 1);
  assert.equal((await keys.getRandomBytes(128)).length, 128);
  await assert.rejects(keys.getRandomBytes(129), { statusCode: 400, code: "BadParameter" });
});

test("a restored key is the key it was, with all its versions", async () => {
  const name = unique("js-backup");
  const first = await keys.createEcKey(name, { tags: { version: "1" } });
  const second = await keys.createEcKey(name, { tags: { version: "2" } });

  const blob = await keys.backupKey(name);
  await assert.rejects(keys.restoreKeyBackup(blob), { statusCode: 409, code: "Conflict" });
  await (await keys.beginDeleteKey(name)).pollUntilDone();
  await keys.purgeDeletedKey(name);
  const restored = await keys.restoreKeyBackup(blob);

  assert.equal(restored.id, second.id);
  assert.deepEqual(restored.properties.tags, { version: "2" });
  assert.deepEqual((await keys.getKey(name, { version: first.properties.version })).key.x, first.key.x);
});

test("noise is no backup", async () => {
  for (const noise of ["", "not a backup", "a.b.c.d.e"]) {
    await assert.rejects(keys.restoreKeyBackup(Buffer.from(noise)), { statusCode: 400, code: "MalformedBackupBlob" });
  }
});
