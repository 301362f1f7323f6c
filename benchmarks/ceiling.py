"""How fast the stand-in is: requests a second at zero latency. Needs asyncio, so it is a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time

CONNECTIONS = 64


async def _ask(port: int, count: int, number: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for n in range(count):
        turn = {"role": "user", "content": f"Tell me secret number {number}-{n}."}
        body = json.dumps({"model": "shop", "messages": [turn], "stream": False}).encode()
        writer.write(
            b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()


async def measure(port: int, total: int, connections: int = CONNECTIONS) -> float:
    """Return the requests a second that a raw client gets answered over so many connections."""
    each = max(1, total // connections)
    begun = time.perf_counter()
    await asyncio.gather(*(_ask(port, each, number) for number in range(connections)))
    return each * connections / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]), int(sys.argv[2]))))
