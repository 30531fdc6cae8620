// Every credential class of @azure/identity that a service uses, unmodified, against the built-in token service.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import {
  ClientCertificateCredential, ClientSecretCredential, DefaultAzureCredential, EnvironmentCredential,
  ManagedIdentityCredential, WorkloadIdentityCredential,
} from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { collect, rig } from "./rig.mjs";

const { certificate, managed, outsider, user, workload } = rig.applications;

// How the tenant may be named: the original names need no option at all; own ones need the authority, and either the
// tenant `adfs` or the one option that stops the SDK from asking a cloud about the authority.
const ways = rig.azureNames
  ? [[rig.tenant, {}]]
  : [["adfs", { authorityHost: rig.authority }],
     [rig.tenant, { authorityHost: rig.authority, disableInstanceDiscovery: true }]];

const works = (credential) => collect(new KeyClient(rig.url, credential).listPropertiesOfKeyVersions("nothing-here"));

test("a client secret", async () => {
  for (const [tenant, options] of ways) {
    await works(new ClientSecretCredential(tenant, user.client_id, user.secret, options));
  }
});

test("a client secret by environment alone", async () => {
  await works(new EnvironmentCredential());
  await works(new DefaultAzureCredential());
});

test("a client certificate", async () => {
  for (const [tenant, options] of ways) {
    await works(new ClientCertificateCredential(tenant, certificate.client_id, rig.certificateFile, options));
  }
});

test("a workload identity", async () => {
  const tokenFilePath = join(tmpdir(), `workload-token-${process.pid}`);
  writeFileSync(tokenFilePath, rig.workloadToken);
  for (const [tenantId, options] of ways) {
    await works(new WorkloadIdentityCredential({ tenantId, clientId: workload.client_id, tokenFilePath, ...options }));
  }
});

test("a managed identity as App Service offers it", async () => {
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${rig.managedIdentity.port}/msi/token`;
  process.env.IDENTITY_HEADER = rig.managedIdentity.identity_header;
  try {
    await works(new ManagedIdentityCredential());
    await works(new ManagedIdentityCredential({ clientId: managed.client_id }));
  } finally {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
  }
});

test("a managed identity as a virtual machine offers it", async () => {
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${rig.managedIdentity.port}`;
  try {
    await works(new ManagedIdentityCredential());
  } finally {
    delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  }
});

test("a wrong secret is refused with the code that clients print", async () => {
  for (const [tenant, options] of ways) {
    await assert.rejects(works(new ClientSecretCredential(tenant, user.client_id, "wrong", options)), /AADSTS7000215/);
  }
});

test("an application without a role is known but denied", async () => {
  for (const [tenant, options] of ways) {
    await assert.rejects(works(new ClientSecretCredential(tenant, outsider.client_id, outsider.secret, options)),
      { statusCode: 403, code: "AccessDenied" });
  }
});
