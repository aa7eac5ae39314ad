// An MCP server as one writes it behind a gateway: it knows nothing of OAuth, and reads who calls from the gateway's headers.

import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

function build() {
  const server = new McpServer({ name: 'tools', version: '1.0.0' });
  server.registerTool('who_calls', { description: 'Says what the gateway says of the caller.' }, (extra) => {
    const headers = extra.requestInfo.headers;
    const said = {
      client: headers['x-gatehouse-client-id'], subject: headers['x-gatehouse-subject'], scope: headers['x-gatehouse-scope'],
      authorization: headers.authorization ?? null,
    };
    return { content: [{ type: 'text', text: JSON.stringify(said) }] };
  });
  return server;
}

const http = createServer(async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => transport.close());
  await build().connect(transport);
  await transport.handleRequest(request, response);
});
http.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('MCP server listens'));
