"""With a network: servers, clients, datagrams, and the list of the machine's addresses."""
import asyncio, socket


async def main():
    async def answer(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"word\n")
    assert await reader.readline() == b"word\n"
    writer.close()
    server.close()
    left = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    left.bind(("127.0.0.1", 0))
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", left.getsockname())
    assert left.recv(1) == b"x"
    assert socket.if_nameindex() or True
    assert socket.getaddrinfo("127.0.0.1", 80)


asyncio.run(main())
print("well")
