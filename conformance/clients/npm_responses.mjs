// What the drivers of the npm packages share: where responses to challenges go, and how a driver is called.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export function publishFile(token, keyAuthorization) {
  writeFileSync(`${process.env.challenges}/${token}`, keyAuthorization);
}

export function publishRecord(host, value) {
  execFileSync(process.env.dns_hook, ['present', `${host}.`, value]);
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
