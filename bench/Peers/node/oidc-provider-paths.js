// oidc-provider with all that `bench/bench paths` asks: codes, refresh tokens that rotate for public clients, opaque tokens, introspection, DPoP.
// Options as those of oidc-provider.js, and redirect-uri, public-client-id, opaque-audience.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';
import { Memory } from './memory.js';

const names = ['port', 'certificate', 'key', 'signing-key', 'kid', 'client-id', 'client-secret', 'audience', 'scope',
  'redirect-uri', 'public-client-id', 'opaque-audience'];
const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
const signing = createPrivateKey(readFileSync(values['signing-key'])).export({ format: 'jwk' });
const person = 'somebody';

const codeFlow = {
  response_types: ['code'],
  redirect_uris: [values['redirect-uri']],
  id_token_signed_response_alg: 'ES256',
};

const provider = new Provider(`https://127.0.0.1:${values.port}`, {
  adapter: Memory,
  // One path for all: the client of the harness keeps no cookie for a path that it has not asked.
  cookies: { keys: ['a key of this run'], short: { path: '/' } },
  jwks: { keys: [{ ...signing, kid: values.kid, use: 'sig', alg: 'ES256' }] },
  clients: [{
    ...codeFlow,
    client_id: values['client-id'],
    client_secret: values['client-secret'],
    grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
  }, {
    ...codeFlow,
    client_id: values['public-client-id'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  }],
  findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    dPoP: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => values.audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, audience) => ({
        audience, scope: values.scope, accessTokenTTL: 86399,
        accessTokenFormat: audience === values['opaque-audience'] ? 'opaque' : 'jwt', jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

// In place of pages that ask: the one person is signed in and has agreed.
async function agree(request, response) {
  const { params, session } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person, clientId: params.client_id });
  grant.addResourceScope(values.audience, values.scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, session ? { consent } : { login: { accountId: person }, consent });
}

const answer = provider.callback();
createSecureServer({
  allowHTTP1: true, minVersion: 'TLSv1.3', cert: readFileSync(values.certificate), key: readFileSync(values.key),
}, (request, response) => (request.url.startsWith('/interaction/') ? agree(request, response) : answer(request, response)))
  .listen(Number(values.port), '127.0.0.1');
