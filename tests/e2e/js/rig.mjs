// What a scenario knows of its rig (tests/harness/rig.py, Rig.describe). The environment variables that an operator
// would set are in force already: DefaultAzureCredential needs nothing else.
import { randomBytes } from "node:crypto";
import { DefaultAzureCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

export const rig = JSON.parse(process.env.RIG);

// One credential for all scenarios of a file, as an application has.
export const credential = new DefaultAzureCredential();

export const keys = new KeyClient(rig.url, credential);

export const cryptographyOf = (key) => new CryptographyClient(key, credential);

// A key name of the caller's own.
export const unique = (prefix) => `${prefix}-${randomBytes(4).toString("hex")}`;

export async function collect(pages) {
  const all = [];
  for await (const item of pages) all.push(item);
  return all;
}
