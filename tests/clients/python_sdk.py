"""The official Python SDK lists the tools and calls one.

MCP_URL, MCP_TOKEN; MCP_ERA is "modern" (which the SDK finds out by itself) or "legacy"; MCP_TOOL and MCP_ARGUMENTS (JSON)
say what to call. Prints {"version", "tools", "answer"}.
"""
import asyncio
import json
import os

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client


async def main():
    setting = os.environ.__getitem__
    headers = {"Authorization": f"Bearer {setting('MCP_TOKEN')}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(setting("MCP_URL"), http_client=http)
        mode = {"modern": "auto", "legacy": "legacy"}[setting("MCP_ERA")]
        async with Client(transport, mode=mode) as client:
            listed = await client.list_tools()
            called = await client.call_tool(setting("MCP_TOOL"), json.loads(setting("MCP_ARGUMENTS")))
            if called.is_error:
                raise SystemExit(f"the tool failed: {called.content}")
            print(json.dumps({
                "version": client.protocol_version,
                "tools": [tool.name for tool in listed.tools],
                "answer": called.structured_content,
            }))


asyncio.run(main())
