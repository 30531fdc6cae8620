// Rotation as an application sees it through the released JavaScript SDK.
import assert from "node:assert/strict";
import test from "node:test";
import { collect, keys, rig, unique } from "./rig.mjs";

const monthly = { lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P30D" }], expiresIn: "P90D" };

test("a key has no policy until one is set", async () => {
  const name = unique("js-no-policy");
  await keys.createEcKey(name);

  const policy = await keys.getKeyRotationPolicy(name);

  assert.deepEqual(policy.lifetimeActions, []);
  assert.equal(policy.expiresIn, undefined);
});

test("a policy comes back as it was set", async () => {
  const name = unique("js-policy");
  await keys.createEcKey(name);

  const answered = await keys.updateKeyRotationPolicy(name, monthly);
  const found = await keys.getKeyRotationPolicy(name);

  for (const policy of [answered, found]) {
    assert.equal(policy.id, `${rig.url}/keys/${name}/rotationpolicy`);
    assert.equal(policy.expiresIn, "P90D");
    assert.equal(policy.lifetimeActions.length, 1);
    assert.equal(policy.lifetimeActions[0].action, "Rotate");
    assert.equal(policy.lifetimeActions[0].timeAfterCreate, "P30D");
    assert.equal(policy.lifetimeActions[0].timeBeforeExpiry, undefined);
    assert.ok(policy.createdOn && policy.updatedOn);
  }
});

test("a rotated key has a new version that expires as the policy says", async () => {
  const name = unique("js-rotate");
  const first = await keys.createRsaKey(name, { keySize: 2048, tags: { a: "1" } });
  await keys.updateKeyRotationPolicy(name, monthly);

  const second = await keys.rotateKey(name);

  assert.notEqual(second.id, first.id);
  assert.notDeepEqual(second.key.n, first.key.n);
  assert.equal(second.keyType, "RSA-HSM");
  assert.deepEqual(second.properties.tags, { a: "1" });
  assert.equal(second.properties.expiresOn - second.properties.createdOn, 90 * 24 * 3600 * 1000);
  assert.equal((await keys.getKey(name)).id, second.id);
  assert.equal((await collect(keys.listPropertiesOfKeyVersions(name))).length, 2);
});

test("a key without a policy is not rotated", async () => {
  const name = unique("js-unrotated");
  await keys.createEcKey(name);

  await assert.rejects(keys.rotateKey(name), { statusCode: 400, code: "BadParameter" });
  await keys.updateKeyRotationPolicy(name, monthly);
  await keys.updateKeyRotationPolicy(name, { lifetimeActions: [] });
  await assert.rejects(keys.rotateKey(name), { statusCode: 400, code: "BadParameter" });
});

test("a policy of too short times is refused", async () => {
  const name = unique("js-short");
  await keys.createEcKey(name);

  for (const policy of [
    { lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P27D" }] },
    { lifetimeActions: [{ action: "Rotate", timeBeforeExpiry: "P29D" }], expiresIn: "P56D" },
    { lifetimeActions: [{ action: "Notify", timeBeforeExpiry: "P30D" }], expiresIn: "P90D" },
    { lifetimeActions: [], expiresIn: "P27D" },
  ]) {
    await assert.rejects(keys.updateKeyRotationPolicy(name, policy), { statusCode: 400, code: "BadParameter" });
  }
});
