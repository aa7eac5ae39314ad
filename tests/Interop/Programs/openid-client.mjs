import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { importJWK } from 'jose';
import { facts, fetchWith, run, sayForWorkload, visit, withinASecond } from './house.mjs';

const issuer = new URL(facts.issuer);
const call = new URL(facts.call);
const configurations = new Map();

/** What a program keeps for as long as it runs: one configuration per application. */
async function configure(application, authentication, metadata = {}) {
  const key = JSON.stringify([application.client_id, authentication.name, metadata]);
  if (!configurations.has(key)) configurations.set(key, await client.discovery(issuer, application.client_id, metadata, await authentication(application)));
  return configurations.get(key);
}

const basic = (application) => client.ClientSecretBasic(application.client_secret);
const post = (application) => client.ClientSecretPost(application.client_secret);
const signed = async () => client.PrivateKeyJwt({ key: await signerKey(), kid: facts.signer_key.kid });
const none = () => client.None();
const signerKey = () => importJWK(facts.signer_key, 'ES256');

/** As a program that authenticates by its certificate, at the addresses where it is asked for one. */
async function configureCertified(application) {
  return await client.discovery(issuer, application.client_id, { use_mtls_endpoint_aliases: true }, client.TlsClientAuth(), {
    [client.customFetch]: fetchWith(application),
  });
}

/** Sends the user with what the parameters say, and redeems the code. */
async function signIn(config, more = {}, { begin = client.buildAuthorizationUrl, options, redeem = {}, browser } = {}) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), idTokenExpected: true };
  checks.expectedNonce = client.randomNonce();
  const parameters = {
    redirect_uri: facts.callback, scope: 'openid email parcels:read', state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', ...more,
  };
  const url = await begin(config, parameters);
  const arrived = await visit(url.href, { browser });
  return await client.authorizationCodeGrant(config, callbackOf(arrived), checks, redeem, options);
}

function callbackOf({ url, fields }) {
  if (Object.keys(fields).length === 0) return new URL(url);
  return new Request(url, { method: 'POST', body: new URLSearchParams(fields) });
}

async function opens(config, tokens, options) {
  const answer = await client.fetchProtectedResource(config, tokens.access_token, call, 'GET', undefined, undefined, options);
  assert.equal(answer.status, 200, await answer.text());
}

async function closed(config, tokens) {
  await assert.rejects(client.fetchProtectedResource(config, tokens.access_token, call, 'GET'), client.WWWAuthenticateChallengeError);
}

await run({
  metadata_openid: async () => {
    const config = await client.discovery(issuer, 'nobody');
    assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true);
  },
  metadata_oauth: async () => {
    const config = await client.discovery(issuer, 'nobody', undefined, undefined, { algorithm: 'oauth2' });
    assert.equal(config.serverMetadata().supportsPKCE(), true);
  },
  client_credentials_basic: async () => {
    const config = await configure(facts.service, basic);
    await opens(config, await client.clientCredentialsGrant(config, { scope: 'parcels:read' }));
  },
  client_credentials_post: async () => {
    const config = await configure(facts.service, post);
    await opens(config, await client.clientCredentialsGrant(config, { scope: 'parcels:read' }));
  },
  client_credentials_jwt: async () => {
    const config = await configure(facts.signer, signed);
    await opens(config, await client.clientCredentialsGrant(config));
  },
  client_certificate: async () => {
    const config = await configureCertified(facts.certified);
    await opens(config, await client.clientCredentialsGrant(config));
  },
  self_signed_certificate: async () => {
    const config = await configureCertified(facts.self_signed);
    await opens(config, await client.clientCredentialsGrant(config));
  },
  certificate_gateway: async () => {
    const config = await configureCertified(facts.certified);
    const tokens = await client.clientCredentialsGrant(config);
    await opens(config, tokens);
    await closed(await configureCertified(facts.self_signed), tokens);
    await closed(await configure(facts.service, basic), tokens);
  },
  client_credentials_ed25519: async () => {
    const { kid } = facts.edwards_key;
    for (const alg of ['Ed25519', 'EdDSA']) {
      const key = await importJWK(facts.edwards_key, alg);
      const signedBy = client.PrivateKeyJwt({ key, kid }, { [client.modifyAssertion]: (header) => { header.alg = alg; } });
      const config = await client.discovery(issuer, facts.edwards_signer.client_id, {}, signedBy);
      await opens(config, await client.clientCredentialsGrant(config));
    }
  },
  gateway_call: async () => {
    const config = await configure(facts.service, basic);
    const tokens = await client.clientCredentialsGrant(config);
    await opens(config, tokens);
    await closed(config, { access_token: tokens.access_token.slice(0, -8) + 'AAAAAAAA' });
  },
  code_public: async () => {
    const config = await configure(facts.public, none);
    await opens(config, await signIn(config));
  },
  code_confidential: async () => {
    const config = await configure(facts.confidential, basic);
    await opens(config, await signIn(config));
  },
  form_post: async () => {
    const config = await configure(facts.confidential, basic);
    await opens(config, await signIn(config, { response_mode: 'form_post' }));
  },
  authorization_details: async () => {
    const details = [{ type: 'parcel_pickup', street: 'Quay 7' }];
    const config = await configure(facts.confidential, basic);
    for (const begin of [client.buildAuthorizationUrl, client.buildAuthorizationUrlWithPAR]) {
      const tokens = await signIn(config, { authorization_details: JSON.stringify(details) }, { begin });
      assert.deepEqual(tokens.authorization_details, details);
      await opens(config, tokens);
    }
  },
  id_token: async () => {
    const config = await configure(facts.public, none, { client_name: 'checks signatures' });
    client.enableNonRepudiationChecks(config);
    const tokens = await signIn(config);
    assert.equal(tokens.claims().aud, facts.public.client_id);
  },
  userinfo: async () => {
    const config = await configure(facts.public, none);
    const tokens = await signIn(config);
    const said = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.ok(said.email);
  },
  logout: async () => {
    const config = await configure(facts.public, none);
    const [browser, state] = ['leaves', client.randomState()];
    const goodbye = { url: `${facts.goodbye}?state=${state}`, fields: {}, page: '' };
    const leave = (more) => client.buildEndSessionUrl(config, { post_logout_redirect_uri: facts.goodbye, state, ...more }).href;
    const tokens = await signIn(config, {}, { browser });
    await opens(config, tokens);
    assert.deepEqual(await visit(leave({ id_token_hint: tokens.id_token }), { browser }), goodbye);
    await withinASecond(() => closed(config, tokens));
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
    // Without the ID token the user is asked.
    const again = await signIn(config, {}, { browser });
    assert.deepEqual(await visit(leave(), { browser, decision: 'sign-out' }), goodbye);
    await withinASecond(() => closed(config, again));
  },
  pushed_request: async () => {
    const config = await configure(facts.confidential, basic);
    await opens(config, await signIn(config, {}, { begin: client.buildAuthorizationUrlWithPAR }));
  },
  signed_request: async () => {
    const config = await configure(facts.signer, signed);
    const begin = async (to, parameters) => await client.buildAuthorizationUrlWithJAR(to, parameters, { key: await signerKey(), kid: facts.signer_key.kid });
    await opens(config, await signIn(config, {}, { begin }));
  },
  dpop: async () => {
    const config = await configure(facts.public, none);
    const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };
    const begin = (to, parameters) => client.buildAuthorizationUrlWithPAR(to, parameters, options);
    const tokens = await signIn(config, {}, { begin, options });
    assert.equal(tokens.token_type, 'dpop');
    assert.ok((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)).email);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
    assert.equal(again.token_type, 'dpop');
  },
  dpop_gateway: async () => {
    const config = await configure(facts.service, basic);
    const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };
    const tokens = await client.clientCredentialsGrant(config, undefined, options);
    await opens(config, tokens, options);
    await closed(config, tokens);
  },
  resource_indicator: async () => {
    const config = await configure(facts.public, none);
    const tokens = await signIn(config, { resource: facts.resource }, { redeem: { resource: facts.resource } });
    assert.deepEqual(tokens.scope, 'parcels:read');
    await opens(config, tokens);
  },
  refresh_public: async () => {
    const config = await configure(facts.public, none);
    const tokens = await signIn(config);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(again.refresh_token, tokens.refresh_token);
    await opens(config, again);
  },
  refresh_confidential: async () => {
    const config = await configure(facts.confidential, basic);
    const tokens = await signIn(config);
    await opens(config, await client.refreshTokenGrant(config, tokens.refresh_token));
    await opens(config, await client.refreshTokenGrant(config, tokens.refresh_token));
  },
  device: async () => {
    const config = await configure(facts.public, none);
    const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid parcels:read' });
    assert.match((await visit(begun.verification_uri_complete)).page, /is connected/);
    // The user was faster than the device: it need not wait the five seconds between two questions.
    await opens(config, await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 1 }));
  },
  token_exchange: async () => {
    const subject = await signIn(await configure(facts.public, none));
    const config = await configure(facts.exchanger, basic);
    const tokens = await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: subject.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', scope: 'parcels:read',
    });
    assert.equal(tokens.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
    await opens(config, tokens);
  },
  jwt_bearer: async () => {
    const config = await configure(facts.federated, none);
    const assertion = await sayForWorkload();
    await opens(config, await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion }));
  },
  introspection: async () => {
    const config = await configure(facts.service, basic);
    const tokens = await signIn(await configure(facts.public, none));
    const said = await client.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual([said.active, said.client_id], [true, facts.public.client_id]);
    assert.equal((await client.tokenIntrospection(config, 'nonsense')).active, false);
  },
  introspection_signed: async () => {
    const config = await configure(facts.service, basic, { introspection_signed_response_alg: 'ES256' });
    client.enableNonRepudiationChecks(config);
    const tokens = await client.clientCredentialsGrant(config);
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true);
  },
  revocation: async () => {
    const config = await configure(facts.service, basic);
    const tokens = await client.clientCredentialsGrant(config);
    await opens(config, tokens);
    await client.tokenRevocation(config, tokens.access_token);
    await withinASecond(() => closed(config, tokens));
  },
  registration: async () => {
    const config = await client.dynamicClientRegistration(issuer, {
      redirect_uris: [facts.callback], client_name: 'Newcomer', token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'],
    }, client.None());
    await opens(config, await signIn(config));
  },
});
process.exit(0);
