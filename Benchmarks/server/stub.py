#!/usr/bin/env python3
"""An upstream that answers every request with the same few bytes, at once.

    stub.py PORT        prints "ready" when it listens
"""

import asyncio
import sys

BODY = (b'{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},'
        b'"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}')
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


class Connection(asyncio.Protocol):
    """Reads requests whose bodies have a Content-Length."""

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = bytearray()
        self.missing = 0

    def data_received(self, data):
        if self.missing == 0:
            self.buffer += data
            head, separator, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if not separator:
                return
            fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
            self.missing = int(fields.get(b"content-length", b"0")) - len(rest)
            self.buffer.clear()
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.missing = 0
            self.transport.write(REPLY)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
