// The MCP SDK's client: it knows the address of an MCP server and nothing else.

import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError, discoverOAuthServerInfo } from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { facts, run, sayForWorkload, visit } from './house.mjs';

const server = new URL(facts.mcp);

/** Keeps what an application keeps, and sends its user to the browser. */
class Memory {
  constructor(more = {}) { Object.assign(this, more); }
  redirectUrl = 'http://127.0.0.1:33418/callback';
  get clientMetadata() {
    return {
      client_name: 'Inspector', redirect_uris: [this.redirectUrl], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }
  state() { return this.sent = crypto.randomUUID(); }
  clientInformation() { return this.information; }
  saveClientInformation(information) { this.information = information; }
  tokens() { return this.kept; }
  saveTokens(tokens) { this.kept = tokens; }
  saveCodeVerifier(verifier) { this.verifier = verifier; }
  codeVerifier() { return this.verifier; }
  async redirectToAuthorization(url) { this.asked = url; this.arrived = new URL((await visit(url.href)).url); }
}

async function connect(provider) {
  const client = new Client({ name: 'inspector', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(server, { authProvider: provider });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || !provider.arrived) throw error;
  }
  assert.equal(provider.arrived.searchParams.get('state'), provider.sent);
  assert.equal(provider.arrived.searchParams.get('iss'), facts.issuer);
  await transport.finishAuth(provider.arrived.searchParams.get('code'));
  const again = new Client({ name: 'inspector', version: '1.0.0' });
  await again.connect(new StreamableHTTPClientTransport(server, { authProvider: provider }));
  return again;
}

async function whoCalls(client) {
  const answer = await client.callTool({ name: 'who_calls' });
  return JSON.parse(answer.content[0].text);
}

const registered = new Memory();
const confidential = new Memory({ redirectUrl: facts.callback, information: { ...facts.confidential, issuer: facts.issuer } });
let connected;

await run({
  resource_metadata: async () => {
    const found = await discoverOAuthServerInfo(server);
    assert.equal(found.resourceMetadata.resource, facts.mcp);
    assert.equal(found.authorizationServerUrl, facts.issuer);
  },
  metadata_oauth: async () => {
    const found = await discoverOAuthServerInfo(server);
    assert.equal(found.authorizationServerMetadata.issuer, facts.issuer);
    assert.deepEqual(found.authorizationServerMetadata.code_challenge_methods_supported, ['S256']);
  },
  registration: async () => {
    connected = await connect(registered);
    assert.equal(registered.information.token_endpoint_auth_method, 'none');
  },
  code_public: async () => {
    assert.equal(registered.asked.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(registered.kept.token_type, 'Bearer');
    assert.ok(registered.kept.refresh_token);
  },
  resource_indicator: async () => {
    assert.equal(registered.asked.searchParams.get('resource'), facts.mcp);
    const { aud } = JSON.parse(Buffer.from(registered.kept.access_token.split('.')[1], 'base64url'));
    assert.deepEqual([aud].flat(), [facts.mcp]);
  },
  gateway_call: async () => {
    const said = await whoCalls(connected);
    assert.deepEqual([said.client, said.scope, said.authorization], [registered.information.client_id, 'mcp:tools', null]);
  },
  refresh_public: async () => {
    const before = registered.kept;
    registered.kept = { ...before, access_token: before.access_token.slice(0, -8) + 'AAAAAAAA' };
    const client = await connect(Object.assign(registered, { arrived: undefined }));
    await whoCalls(client);
    assert.notEqual(registered.kept.refresh_token, before.refresh_token);
    assert.equal(registered.arrived, undefined);
  },
  client_document: async () => {
    const provider = new Memory({ clientMetadataUrl: facts.document });
    const said = await whoCalls(await connect(provider));
    assert.equal(said.client, facts.document);
  },
  code_confidential: async () => {
    assert.equal((await whoCalls(await connect(confidential))).client, facts.confidential.client_id);
  },
  refresh_confidential: async () => {
    const before = confidential.kept;
    confidential.kept = { ...before, access_token: before.access_token.slice(0, -8) + 'AAAAAAAA' };
    await whoCalls(await connect(Object.assign(confidential, { arrived: undefined })));
    assert.notEqual(confidential.kept.access_token, before.access_token);
    assert.equal(confidential.arrived, undefined);
  },
  client_credentials_post: async () => {
    const information = { ...facts.service, token_endpoint_auth_method: 'client_secret_post', issuer: facts.issuer };
    const provider = new Memory({ redirectUrl: undefined, information, prepareTokenRequest: () => new URLSearchParams({ grant_type: 'client_credentials' }) });
    assert.equal((await whoCalls(await connect(provider))).client, facts.service.client_id);
  },
  jwt_bearer: async () => {
    const prepareTokenRequest = async () => new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await sayForWorkload(),
    });
    const information = { client_id: facts.federated.client_id, issuer: facts.issuer };
    const provider = new Memory({ redirectUrl: undefined, information, prepareTokenRequest });
    assert.equal((await whoCalls(await connect(provider))).client, facts.federated.client_id);
  },
  client_credentials_basic: async () => {
    const provider = new ClientCredentialsProvider({
      clientId: facts.service.client_id, clientSecret: facts.service.client_secret, expectedIssuer: facts.issuer,
    });
    assert.equal((await whoCalls(await connect(provider))).client, facts.service.client_id);
  },
  client_credentials_ed25519: async () => {
    const provider = new PrivateKeyJwtProvider({
      clientId: facts.edwards_signer.client_id, privateKey: facts.edwards_key, algorithm: 'EdDSA', expectedIssuer: facts.issuer,
    });
    assert.equal((await whoCalls(await connect(provider))).client, facts.edwards_signer.client_id);
  },
  client_credentials_jwt: async () => {
    const provider = new PrivateKeyJwtProvider({
      clientId: facts.signer.client_id, privateKey: facts.signer_key, algorithm: 'ES256', expectedIssuer: facts.issuer,
    });
    assert.equal((await whoCalls(await connect(provider))).client, facts.signer.client_id);
  },
});
process.exit(0);
