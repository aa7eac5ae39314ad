// What every client needs: what it was told, its user's browser, and a way to say flow by flow how it went.

import { SignJWT, importJWK } from 'jose';
import * as undici from 'undici';

export const facts = JSON.parse(process.env.FACTS);

/** Sends one of the browsers of this client's user to an address; the user signs in and allows. Answers where the browser ended. */
export async function visit(url, { browser = 'first', decision = 'allow' } = {}) {
  const answer = await fetch(`${facts.outside}/visit?${new URLSearchParams({ url, browser: `${facts.service.client_id} ${browser}`, decision })}`);
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.json();
}

/** What the platform of a workload says about it (RFC 7523 §2.1). */
export async function sayForWorkload() {
  const { issuer, subject, key } = facts.platform;
  return await new SignJWT().setProtectedHeader({ alg: 'ES256', kid: key.kid }).setIssuer(issuer).setSubject(subject).setAudience(facts.issuer)
    .setIssuedAt().setExpirationTime('1m').setJti(crypto.randomUUID()).sign(await importJWK(key, 'ES256'));
}

/** A fetch that shows a certificate in the handshake. */
export function fetchWith({ cert, key }) {
  const dispatcher = new undici.Agent({ connect: { cert, key } });
  return (url, options) => undici.fetch(url, { ...options, dispatcher });
}

/** What Gatehouse promises of revocation: refused everywhere a second later at most. */
export async function withinASecond(check) {
  for (const end = performance.now() + 1000; ;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

/** Runs flows one after the other: one line each, PASSED or FAILED. */
export async function run(flows) {
  for (const [name, flow] of Object.entries(flows)) {
    try {
      await flow();
      console.log(`PASSED ${name}`);
    } catch (error) {
      console.log(`FAILED ${name} ${describe(error)}`);
    }
  }
}

function describe(error) {
  const texts = [];
  for (let one = error; one instanceof Error; one = one.cause) texts.push(one.stack ?? one.message);
  if (error.cause && !(error.cause instanceof Error)) texts.push(JSON.stringify(error.cause));
  if (error.error_description) texts.push(error.error_description);
  return texts.join(' / ').replaceAll('\n', ' ');
}
