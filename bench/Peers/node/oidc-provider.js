// oidc-provider as a token server: client credentials, ES256 JWT access tokens through resource indicators, its own adapter in memory.
// Options as --name value: port, certificate, key, signing-key, kid, client-id, client-secret, audience, scope.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';

const names = ['port', 'certificate', 'key', 'signing-key', 'kid', 'client-id', 'client-secret', 'audience', 'scope'];
const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
const signing = createPrivateKey(readFileSync(values['signing-key'])).export({ format: 'jwk' });

const provider = new Provider(`https://127.0.0.1:${values.port}`, {
  jwks: { keys: [{ ...signing, kid: values.kid, use: 'sig', alg: 'ES256' }] },
  scopes: [values.scope],
  clients: [{
    client_id: values['client-id'],
    client_secret: values['client-secret'],
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
  }],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => values.audience,
      getResourceServerInfo: () => ({
        audience: values.audience, scope: values.scope, accessTokenFormat: 'jwt', accessTokenTTL: 86399, jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

createSecureServer({
  allowHTTP1: true, minVersion: 'TLSv1.3', cert: readFileSync(values.certificate), key: readFileSync(values.key),
}, provider.callback()).listen(Number(values.port), '127.0.0.1');
