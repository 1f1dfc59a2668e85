"""What works where the run has namespaces: local sockets, shared memory in files, modes of files."""
import multiprocessing, os, shutil, socket, tempfile
from multiprocessing import shared_memory


def put(mapping):
    mapping["word"] = os.getpid()


def main():
    context = multiprocessing.get_context("forkserver")
    with context.Pool(2) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]
    with multiprocessing.Manager() as manager:
        mapping = manager.dict()
        process = multiprocessing.Process(target=put, args=(mapping,))
        process.start()
        process.join()
        assert mapping["word"] == process.pid
    memory = shared_memory.SharedMemory(create=True, size=4096)
    memory.buf[0] = 7
    memory.close()
    memory.unlink()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "file")
        open(path, "w").close()
        os.chmod(path, 0o700)
        shutil.copy2(path, path + "2")
        os.utime(path, (1, 1))
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.path.join(directory, "socket"))
        server.listen()
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(os.path.join(directory, "socket"))
        server.accept()[0].sendall(b"x")
        assert client.recv(1) == b"x"


if __name__ == "__main__":
    main()
    print("well")
