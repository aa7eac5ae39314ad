import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { importJWK } from 'jose';
import { facts, fetchWith, run, sayForWorkload, visit, withinASecond } from './house.mjs';

const issuer = new URL(facts.issuer);
const call = new URL(facts.call);
const discover = async (algorithm) => await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm }));
const server = await discover('oidc');

const asPublic = { client: { client_id: facts.public.client_id }, by: oauth.None() };
const asConfidential = { client: { client_id: facts.confidential.client_id }, by: oauth.ClientSecretBasic(facts.confidential.client_secret) };
const asService = { client: { client_id: facts.service.client_id }, by: oauth.ClientSecretBasic(facts.service.client_secret) };
const asServiceByPost = { client: asService.client, by: oauth.ClientSecretPost(facts.service.client_secret) };
const asExchanger = { client: { client_id: facts.exchanger.client_id }, by: oauth.ClientSecretPost(facts.exchanger.client_secret) };
const asFederated = { client: { client_id: facts.federated.client_id }, by: oauth.None() };
const signerKey = { key: await importJWK(facts.signer_key, 'ES256'), kid: facts.signer_key.kid };
const asSigner = { client: { client_id: facts.signer.client_id }, by: oauth.PrivateKeyJwt(signerKey) };

const certified = ({ client_id }) => ({ client: { client_id, use_mtls_endpoint_aliases: true }, by: oauth.TlsClientAuth() });
const showing = (application) => ({ [oauth.customFetch]: fetchWith(application) });

/** The token of an application that speaks for itself. */
async function own({ client, by }, options) {
  const request = () => oauth.clientCredentialsGrantRequest(server, client, by, {}, options);
  return await withNonce(request, (answer) => oauth.processClientCredentialsResponse(server, client, answer));
}

/** Once more when the server wants a nonce in the proof (RFC 9449 §8). */
async function withNonce(request, process) {
  try {
    return await process(await request());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return await process(await request());
  }
}

async function signIn({ client, by }, more = {}, { options, push, sign } = {}) {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  let parameters = new URLSearchParams({
    client_id: client.client_id, redirect_uri: facts.callback, response_type: 'code', scope: 'openid email parcels:read', state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  });
  if (sign) parameters = new URLSearchParams({ client_id: client.client_id, request: await oauth.issueRequestObject(server, client, parameters, sign) });
  if (push) {
    const pushed = await withNonce(() => oauth.pushedAuthorizationRequest(server, client, by, parameters, options),
      (answer) => oauth.processPushedAuthorizationResponse(server, client, answer));
    parameters = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
  }
  const url = new URL(server.authorization_endpoint);
  url.search = parameters.toString();
  const arrived = await visit(url.href);
  const said = Object.keys(arrived.fields).length > 0 ? new URLSearchParams(arrived.fields) : new URL(arrived.url);
  const callback = oauth.validateAuthResponse(server, client, said, state);
  const request = () => oauth.authorizationCodeGrantRequest(server, client, by, callback, facts.callback, verifier, {
    ...options, additionalParameters: more.resource ? { resource: more.resource } : {},
  });
  return await withNonce(request, async (answer) => {
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(server, answer);
    return tokens;
  });
}

async function refresh({ client, by }, tokens) {
  return await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, by, tokens.refresh_token));
}

async function opens(tokens, options) {
  const answer = await withNonce(() => oauth.protectedResourceRequest(tokens.access_token, 'GET', call, undefined, undefined, options), (it) => it);
  assert.equal(answer.status, 200, await answer.text());
}

async function closed(tokens, options) {
  await assert.rejects(oauth.protectedResourceRequest(tokens.access_token, 'GET', call, undefined, undefined, options), oauth.WWWAuthenticateChallengeError);
}

async function grant({ client, by }, type, parameters) {
  return await oauth.processGenericTokenEndpointResponse(server, client, await oauth.genericTokenEndpointRequest(server, client, by, type, parameters));
}

await run({
  metadata_openid: async () => assert.equal((await discover('oidc')).issuer, facts.issuer),
  metadata_oauth: async () => assert.equal((await discover('oauth2')).issuer, facts.issuer),
  resource_metadata: async () => {
    const identifier = new URL(facts.resource);
    const resource = await oauth.processResourceDiscoveryResponse(identifier, await oauth.resourceDiscoveryRequest(identifier));
    assert.deepEqual(resource.authorization_servers, [facts.issuer]);
  },
  client_credentials_basic: async () => await opens(await own(asService)),
  client_credentials_post: async () => await opens(await own(asServiceByPost)),
  client_credentials_jwt: async () => await opens(await own(asSigner)),
  client_certificate: async () => {
    const options = showing(facts.certified);
    await opens(await own(certified(facts.certified), options), options);
  },
  self_signed_certificate: async () => {
    const options = showing(facts.self_signed);
    await opens(await own(certified(facts.self_signed), options), options);
  },
  certificate_gateway: async () => {
    const options = showing(facts.certified);
    const tokens = await own(certified(facts.certified), options);
    await opens(tokens, options);
    await closed(tokens, showing(facts.self_signed));
    await closed(tokens);
  },
  client_credentials_ed25519: async () => {
    const { kid } = facts.edwards_key;
    const by = oauth.PrivateKeyJwt({ key: await importJWK(facts.edwards_key, 'Ed25519'), kid });
    await opens(await own({ client: { client_id: facts.edwards_signer.client_id }, by }));
  },
  gateway_call: async () => {
    const tokens = await own(asService);
    await opens(tokens);
    await closed({ access_token: tokens.access_token.slice(0, -8) + 'AAAAAAAA' });
  },
  code_public: async () => await opens(await signIn(asPublic)),
  code_confidential: async () => await opens(await signIn(asConfidential)),
  form_post: async () => await opens(await signIn(asConfidential, { response_mode: 'form_post' })),
  authorization_details: async () => {
    const details = [{ type: 'parcel_pickup', street: 'Quay 7' }];
    const tokens = await signIn(asConfidential, { authorization_details: JSON.stringify(details) }, { push: true });
    assert.deepEqual(tokens.authorization_details, details);
    await opens(tokens);
  },
  id_token: async () => assert.equal(oauth.getValidatedIdTokenClaims(await signIn(asPublic)).aud, facts.public.client_id),
  userinfo: async () => {
    const tokens = await signIn(asPublic);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const answer = await oauth.userInfoRequest(server, asPublic.client, tokens.access_token);
    assert.ok((await oauth.processUserInfoResponse(server, asPublic.client, sub, answer)).email);
  },
  pushed_request: async () => await opens(await signIn(asConfidential, {}, { push: true })),
  signed_request: async () => {
    await opens(await signIn(asSigner, {}, { sign: signerKey }));
    await opens(await signIn(asSigner, {}, { sign: signerKey, push: true }));
  },
  dpop: async () => {
    const options = { DPoP: oauth.DPoP(asPublic.client, await oauth.generateKeyPair('ES256')) };
    const tokens = await signIn(asPublic, {}, { options, push: true });
    assert.equal(tokens.token_type, 'dpop');
  },
  dpop_gateway: async () => {
    const options = { DPoP: oauth.DPoP(asService.client, await oauth.generateKeyPair('ES256')) };
    const tokens = await own(asService, options);
    await opens(tokens, options);
    await closed(tokens);
  },
  resource_indicator: async () => {
    const tokens = await signIn(asPublic, { resource: facts.resource });
    assert.equal(tokens.scope, 'parcels:read');
    await opens(tokens);
  },
  refresh_public: async () => {
    const tokens = await signIn(asPublic);
    const again = await refresh(asPublic, tokens);
    assert.notEqual(again.refresh_token, tokens.refresh_token);
    await opens(again);
  },
  refresh_confidential: async () => {
    const tokens = await signIn(asConfidential);
    await opens(await refresh(asConfidential, tokens));
    await opens(await refresh(asConfidential, tokens));
  },
  device: async () => {
    const { client, by } = asPublic;
    const begun = await oauth.processDeviceAuthorizationResponse(server, client,
      await oauth.deviceAuthorizationRequest(server, client, by, { scope: 'openid parcels:read' }));
    const ask = async () => await oauth.processDeviceCodeResponse(server, client, await oauth.deviceCodeGrantRequest(server, client, by, begun.device_code));
    assert.match((await visit(begun.verification_uri_complete)).page, /is connected/);
    await opens(await ask());
  },
  token_exchange: async () => {
    const subject = await signIn(asPublic);
    await opens(await grant(asExchanger, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: subject.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', scope: 'parcels:read',
    }));
  },
  jwt_bearer: async () => {
    const assertion = await sayForWorkload();
    await opens(await grant(asFederated, 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion }));
  },
  introspection: async () => {
    const { client, by } = asService;
    const tokens = await own(asService);
    const said = await oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, by, tokens.access_token));
    assert.deepEqual([said.active, said.client_id], [true, client.client_id]);
  },
  introspection_signed: async () => {
    const [client, { by }] = [{ ...asService.client, introspection_signed_response_alg: 'ES256' }, asService];
    const tokens = await own(asService);
    const answer = await oauth.introspectionRequest(server, client, by, tokens.access_token, { requestJwtResponse: true });
    assert.equal((await oauth.processIntrospectionResponse(server, client, answer)).active, true);
    await oauth.validateApplicationLevelSignature(server, answer);
  },
  revocation: async () => {
    const tokens = await own(asService);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, asService.client, asService.by, tokens.access_token));
    await withinASecond(() => closed(tokens));
  },
  access_token: async () => {
    // As a resource server that checks the token itself (RFC 9068).
    const request = new Request(call, { headers: { authorization: `Bearer ${(await own(asService)).access_token}` } });
    assert.equal((await oauth.validateJwtAccessToken(server, request, facts.resource)).client_id, facts.service.client_id);
  },
  registration: async () => {
    const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(server, {
      redirect_uris: [facts.callback], client_name: 'Newcomer', token_endpoint_auth_method: 'client_secret_basic',
    }));
    await opens(await signIn({ client, by: oauth.ClientSecretBasic(client.client_secret) }));
  },
});
process.exit(0);
