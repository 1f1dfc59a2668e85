"""What works with every filter."""
import asyncio, concurrent.futures, ctypes, json, multiprocessing, os, pathlib, signal, socket, sqlite3, ssl
import subprocess, sys, tempfile, threading, time, urllib.request, zipfile


async def loops():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(event.set)).start()
    await asyncio.wait_for(event.wait(), 10)
    assert await asyncio.to_thread(lambda: 7) == 7
    process = await asyncio.create_subprocess_exec("/bin/echo", "word", stdout=subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 10)
    assert output == b"word\n"
    left, right = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=left)
    right.sendall(b"x\n")
    assert await reader.readline() == b"x\n"
    writer.close()
    right.close()


def square(number):
    return number * number


def main():
    asyncio.run(loops())
    threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(64)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(square, range(8)) == [square(number) for number in range(8)]
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        assert sum(pool.map(square, range(4))) == 14
    shared = multiprocessing.Value("i", 3)
    assert shared.value == 3
    assert subprocess.run("yes | head -1", shell=True, capture_output=True).stdout == b"y\n"
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        database = sqlite3.connect(path / "db")
        database.execute("pragma journal_mode=wal")
        database.execute("create table t (x)")
        database.executemany("insert into t values (?)", [(number,) for number in range(100)])
        database.commit()
        assert database.execute("select sum(x) from t").fetchone() == (4950,)
        database.close()
        with zipfile.ZipFile(path / "z.zip", "w") as archive:
            archive.writestr("a", "b")
        (path / "old").write_text("text")
        (path / "old").rename(path / "new")
        os.mkfifo(path / "fifo")
        subprocess.run(["touch", path / "touched"], check=True)
    assert ctypes.CDLL(None).getpid() == os.getpid()
    assert len(os.sched_getaffinity(0)) >= 1 and os.cpu_count() >= 1
    os.nice(1)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.pause() if signal.getitimer(signal.ITIMER_REAL)[0] else None
    child = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PIDFD, os.pidfd_open(child.pid), os.WEXITED)


if __name__ == "__main__":
    main()
    print("well")
