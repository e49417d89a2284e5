#!/usr/bin/env python3
"""A stand-in upstream for the idle-session measurement: logs everybody in and then keeps still.

    login_only.py LISTEN_PORT REAL_POSTGRES_PORT

The gateway's own catalog connection (user `catalog`) is relayed to the real server, since it wants real answers.
"""
import asyncio, struct, sys

LISTEN, REAL = int(sys.argv[1]), int(sys.argv[2])


def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


async def pipe(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readexactly(4)
            length = struct.unpack("!i", head)[0]
            body = await reader.readexactly(length - 4)
            if struct.unpack("!i", body[:4])[0] in (80877103, 80877104):
                writer.write(b"N")
                continue
            break
        if b"user\0catalog\0" in body:
            real_reader, real_writer = await asyncio.open_connection("127.0.0.1", REAL)
            real_writer.write(head + body)
            await asyncio.gather(pipe(reader, real_writer), pipe(real_reader, writer))
            return
        writer.write(message(b"R", struct.pack("!i", 0)))
        for name, value in (("server_version", "15.0"), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"),
                            ("standard_conforming_strings", "on"), ("DateStyle", "ISO, MDY"), ("TimeZone", "UTC"), ("integer_datetimes", "on")):
            writer.write(message(b"S", name.encode() + b"\0" + value.encode() + b"\0"))
        writer.write(message(b"K", struct.pack("!ii", 4711, 42)))
        writer.write(message(b"Z", b"I"))
        while await reader.read(4096):
            pass
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", LISTEN, backlog=2000) as server:
        await server.serve_forever()


asyncio.run(main())
