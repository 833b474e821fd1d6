// The official TypeScript SDK lists the tools and calls one.
//
// MCP_URL, MCP_TOKEN; MCP_ERA is "modern" (which the SDK finds out by itself, being told to look) or "legacy" (its
// default); MCP_TOOL and MCP_ARGUMENTS (JSON) say what to call. Prints {"version", "tools", "answer"}.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// the packages are in a cache elsewhere; imports go by the place of this file
const require = createRequire(`${process.env.MCP_PACKAGES}/`);
const { Client, StreamableHTTPClientTransport } = await import(
  pathToFileURL(require.resolve('@modelcontextprotocol/client')).href
);

const { MCP_URL, MCP_TOKEN, MCP_ERA, MCP_TOOL, MCP_ARGUMENTS } = process.env;
const mode = { modern: 'auto', legacy: 'legacy' }[MCP_ERA];
const client = new Client({ name: 'pg_odoo_mcp_tests', version: '0' }, { versionNegotiation: { mode } });
await client.connect(
  new StreamableHTTPClientTransport(new URL(MCP_URL), {
    requestInit: { headers: { Authorization: `Bearer ${MCP_TOKEN}` } },
  }),
);
const { tools } = await client.listTools();
const called = await client.callTool({ name: MCP_TOOL, arguments: JSON.parse(MCP_ARGUMENTS) });
if (called.isError) throw new Error(`the tool failed: ${JSON.stringify(called.content)}`);
console.log(
  JSON.stringify({
    version: client.getNegotiatedProtocolVersion(),
    tools: tools.map((tool) => tool.name),
    answer: called.structuredContent,
  }),
);
await client.close();
