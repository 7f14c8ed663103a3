// What the drivers of the npm packages share: where responses to challenges go, and how a driver is called.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export function publishFile(token, keyAuthorization) {
  writeFileSync(`${process.env.challenges}/${token}`, keyAuthorization);
}

export function publishRecord(host, value) {
  execFileSync(process.env.dns_hook, ['present', `${host}.`, value]);
}

export function publishCertificate(name, [key, certificate]) {
  writeFileSync(`${process.env.alpn_folder}/${name}.key.pem`, key);
  writeFileSync(`${process.env.alpn_folder}/${name}.crt.pem`, certificate);
}

// For a library that hands out the key authorization and leaves the certificate to its user.
export function publishKeyAuthorization(name, keyAuthorization) {
  execFileSync(process.env.alpn, ['publish', process.env.alpn_folder, name, keyAuthorization]);
}

// The commands of library_steps.sh, by name.
export async function run(commands) {
  const [name, ...rest] = process.argv.slice(2);
  try {
    await commands[name](...rest);
  } catch (refusal) {
    console.error(`${refusal}`);
    process.exit(1);
  }
  process.exit(0);
}
