// Drives the npm registry's @root/acme; library_steps.sh says with what arguments.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { publishFile, publishKeyAuthorization, publishRecord, run } from './npm_responses.mjs';

const require = createRequire(new URL('npm/', import.meta.url));
const ACME = require('@root/acme');
const CSR = require('@root/csr');
const Keypairs = require('@root/keypairs');

async function client() {
  const acme = ACME.create({
    maintainerEmail: 'npm-root-acme@conformance-contact.com',
    packageAgent: 'conformance/v1',
    skipChallengeTest: true, // only the server's DNS knows the names
    skipDryRun: true,
    retryInterval: 200,
    __timeout: 2 ** 31 - 1, // when it would tell its makers that it is used
  });
  await acme.init(process.env.ACME_DIRECTORY);
  return acme;
}

const keyIn = (file) => Keypairs.import({ pem: readFileSync(file, 'ascii') });

const challenges = {
  'http-01': {
    set: async ({ challenge }) => publishFile(challenge.token, challenge.keyAuthorization),
    get: async () => null,
    remove: async () => null,
  },
  'dns-01': {
    propagationDelay: 1,
    zones: async () => [],
    set: async ({ challenge }) => publishRecord(challenge.dnsHost, challenge.keyAuthorizationDigest),
    get: async () => null,
    remove: async () => null,
  },
  'tls-alpn-01': {
    set: async ({ challenge }) => publishKeyAuthorization(challenge.identifier.value, challenge.keyAuthorization),
    get: async () => null,
    remove: async () => null,
  },
};

await run({
  async register(keyFile, contact) {
    const acme = await client();
    await acme.accounts.create({ contact: [contact], agreeToTerms: true, accountKey: await keyIn(keyFile) });
  },

  async issue(keyFile, kind, prefix, ...domains) {
    const acme = await client();
    const accountKey = await keyIn(keyFile);
    const account = await acme.accounts.create({ agreeToTerms: true, accountKey });
    const csr = await CSR.csr({ jwk: await keyIn(`${prefix}.key`), domains, encoding: 'pem' });
    const pems = await acme.certificates.create({
      account,
      accountKey,
      csr,
      domains,
      challenges: { [kind]: challenges[kind] },
    });
    writeFileSync(`${prefix}.pem`, `${pems.cert}\n${pems.chain}\n`);
  },
});
