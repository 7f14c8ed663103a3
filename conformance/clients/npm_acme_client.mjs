// Drives the npm registry's acme-client; library_steps.sh says with what arguments.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { publishCertificate, publishFile, publishRecord, run } from './npm_responses.mjs';

const acme = createRequire(new URL('npm/', import.meta.url))('acme-client');

function clientFor(keyFile, binding) {
  return new acme.Client({
    directoryUrl: process.env.ACME_DIRECTORY,
    accountKey: readFileSync(keyFile),
    externalAccountBinding: binding,
    backoffMin: 200,
    backoffMax: 2000,
  });
}

async function signedIn(keyFile) {
  const client = clientFor(keyFile);
  await client.createAccount({ onlyReturnExisting: true });
  return client;
}

await run({
  async register(keyFile, contact, kid, hmacKey) {
    const client = clientFor(keyFile, kid ? { kid, hmacKey } : {});
    await client.createAccount({ termsOfServiceAgreed: true, contact: [contact] });
  },

  async contact(keyFile, contact) {
    const account = await (await signedIn(keyFile)).updateAccount({ contact: [contact] });
    if (account.contact.join() !== contact) throw new Error(`the contact is ${account.contact}`);
  },

  async issue(keyFile, kind, prefix, ...names) {
    const client = await signedIn(keyFile);
    const [, csr] = await acme.crypto.createCsr({ altNames: names }, readFileSync(`${prefix}.key`));
    const certificate = await client.auto({
      csr,
      challengePriority: [kind],
      skipChallengeVerification: true, // only the server's DNS knows the names
      challengeCreateFn: async (authorization, challenge, keyAuthorization) => {
        const name = authorization.identifier.value;
        if (challenge.type === 'http-01') publishFile(challenge.token, keyAuthorization);
        else if (challenge.type === 'dns-01') publishRecord(`_acme-challenge.${name}`, keyAuthorization);
        else publishCertificate(name, await acme.crypto.createAlpnCertificate(authorization, keyAuthorization));
      },
      challengeRemoveFn: async () => {},
    });
    writeFileSync(`${prefix}.pem`, certificate);
  },

  async rollover(keyFile, newKeyFile) {
    await (await signedIn(keyFile)).updateAccountKey(readFileSync(newKeyFile));
  },

  async revoke(keyFile, certificate, reason) {
    await (await signedIn(keyFile)).revokeCertificate(readFileSync(certificate), { reason: Number(reason) });
  },

  async deactivate(keyFile) {
    await (await signedIn(keyFile)).updateAccount({ status: 'deactivated' });
  },
});
