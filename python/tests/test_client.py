"""One process for many callers: what is in flight, what is cancelled, and what becomes of a process that ends."""

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from code_execute import Client, Closed, ProcessEnded, arun, run
from code_execute.shared import client as shared
from support import endless, none_left, sleepers, started, until, workspace


class InFlight(unittest.TestCase):
    def test_fifty_threads_at_once_get_their_own_answers_from_one_process(self) -> None:
        with Client() as client, ThreadPoolExecutor(50) as pool:
            first = client.run("echo", "bash") and client.pid
            results = pool.map(lambda number: client.run(f"echo {number}", "bash"), range(50))
            self.assertEqual([result.stdout for result in results], [f"{number}\n" for number in range(50)])
            self.assertEqual(client.pid, first)

    def test_fifty_tasks_at_once_get_their_own_answers(self) -> None:
        async def main() -> list[str]:
            results = await asyncio.gather(*[arun(f"echo {number}", "bash") for number in range(50)])
            return [result.stdout for result in results]

        # An event loop after the other: nothing of one is kept for the next.
        for _ in range(2):
            self.assertEqual(asyncio.run(main()), [f"{number}\n" for number in range(50)])

    def test_threads_and_tasks_share_a_process(self) -> None:
        with Client() as client, ThreadPoolExecutor(10) as pool:

            async def main() -> list[str]:
                loop = asyncio.get_running_loop()
                blocking = [loop.run_in_executor(pool, client.run, f"echo {n}", "bash") for n in range(20)]
                results = await asyncio.gather(*blocking, *[client.arun(f"echo {n}", "bash") for n in range(20, 40)])
                return [result.stdout for result in results]

            self.assertEqual(asyncio.run(main()), [f"{number}\n" for number in range(40)])

    def test_large_messages_do_not_hold_up_the_event_loop(self) -> None:
        async def main() -> int:
            beats = 0

            async def beat() -> None:
                nonlocal beats
                while True:
                    beats += 1
                    await asyncio.sleep(0.001)

            beating = asyncio.create_task(beat())
            result = await arun("import sys, time; time.sleep(0.5); print(len(sys.stdin.read()))", stdin="x" * 8_000_000)
            beating.cancel()
            self.assertEqual(result.value, 8_000_000)
            return beats

        self.assertGreater(asyncio.run(main()), 50)


class Cancelled(unittest.TestCase):
    def test_a_cancelled_task_ends_with_every_process_and_the_client_goes_on(self) -> None:
        with workspace() as directory, Client(write=directory) as client:

            async def main() -> list[int]:
                task = asyncio.create_task(client.arun(endless(directory), "bash"))
                await asyncio.to_thread(started, directory)
                running = sleepers(client.pid)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                return running

            none_left(asyncio.run(main()))
            pid = client.pid
            self.assertEqual(client.run("print(1)").value, 1)
            self.assertEqual(client.pid, pid)

    def test_a_task_that_times_out_kills_its_program(self) -> None:
        with workspace() as directory, Client(write=directory) as client:

            async def main() -> None:
                async with asyncio.timeout(0.5):
                    await client.arun(endless(directory), "bash")

            with self.assertRaises(TimeoutError):
                asyncio.run(main())
            started(directory)
            until(lambda: not sleepers(client.pid))

    def test_an_interrupted_caller_kills_its_program_and_no_other(self) -> None:
        # Python has no handler where whoever started it ignores the signal, as a shell does for what runs behind it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with workspace() as directory, Client(write=directory) as client:
            client.run("print(1)")
            running: list[int] = []

            def interrupt() -> None:
                started(directory)
                running.extend(sleepers(client.pid))
                os.kill(os.getpid(), signal.SIGINT)

            with ThreadPoolExecutor(1) as pool:
                # It waits for its answer while the main thread reads for both.
                interrupter = threading.Thread(target=interrupt)
                interrupter.start()
                other = None
                try:
                    other = pool.submit(client.run, f"until [[ -e {directory}/go ]]; do :; done; echo other", "bash")
                    with self.assertRaises(KeyboardInterrupt):
                        client.run(endless(directory), "bash")
                finally:
                    interrupter.join()
                    (directory / "go").touch()
                none_left(running)
                self.assertEqual(other.result().stdout, "other\n")


class Ended(unittest.TestCase):
    def test_a_process_that_died_is_replaced_at_the_next_call(self) -> None:
        with Client() as client:
            client.run("print(1)")
            first = client.pid
            assert first
            os.kill(first, signal.SIGKILL)
            until(lambda: client.pid is None)
            self.assertEqual(client.run("print(2)").value, 2)
            self.assertNotEqual(client.pid, first)

            async def again() -> object:
                assert client.pid
                os.kill(client.pid, signal.SIGKILL)
                until(lambda: client.pid is None)
                return (await client.arun("print(3)")).value

            self.assertEqual(asyncio.run(again()), 3)

    def test_a_process_that_dies_while_a_program_runs_is_an_error_that_says_so(self) -> None:
        with workspace() as directory, Client(write=directory) as client, ThreadPoolExecutor(2) as pool:
            callers = [pool.submit(client.run, endless(directory), "bash") for _ in range(2)]
            started(directory)
            assert client.pid
            os.kill(client.pid, signal.SIGKILL)
            for caller in callers:
                with self.assertRaisesRegex(ProcessEnded, r"ended \(exit code -9\) .* the next call starts a new process"):
                    caller.result()
            self.assertEqual(client.run("print(1)").value, 1)

    def test_closing_ends_the_process_and_what_it_runs(self) -> None:
        with workspace() as directory, ThreadPoolExecutor(1) as pool:
            with Client(write=directory) as client:
                caller = pool.submit(client.run, endless(directory), "bash")
                started(directory)
                pid, running = client.pid, sleepers(client.pid)
            none_left(running)
            self.assertFalse(Path(f"/proc/{pid}").exists())
            self.assertIsInstance(caller.exception(), ProcessEnded)
            client.close()
            with self.assertRaisesRegex(Closed, "make another one"):
                client.run("print(1)")

    def test_a_client_that_nobody_has_any_more_leaves_no_process_thread_or_file(self) -> None:
        run("print(1)")
        gc.collect()
        threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            client = Client()
            client.run("print(1)")
            pid = client.pid
            del client
            gc.collect()
            self.assertFalse(Path(f"/proc/{pid}").exists())
        until(lambda: threading.active_count() == threads)
        gc.collect()
        self.assertEqual(len(os.listdir("/proc/self/fd")), files)

    def test_the_end_of_the_interpreter_ends_the_process(self) -> None:
        code = "from code_execute.shared import client; client().run('print(1)'); print(client().pid)"
        done = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=True)
        self.assertFalse(Path(f"/proc/{int(done.stdout)}").exists())
        self.assertEqual(done.stderr, "")

    def test_a_killed_interpreter_takes_the_process_and_its_programs_along(self) -> None:
        with workspace() as directory:
            code = (
                "import sys; from code_execute import Client; client = Client(write=sys.argv[1]); client.run('print(1)');"
                "print(client.pid, flush=True); client.run(sys.argv[2], 'bash')"
            )
            arguments = [sys.executable, "-c", code, str(directory), endless(directory)]
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
                assert parent.stdout
                pid = int(parent.stdout.readline())
                started(directory)
                running = sleepers(pid)
                parent.kill()
            none_left(running)
            until(lambda: not Path(f"/proc/{pid}").exists())

    def test_a_fork_has_a_process_of_its_own_and_leaves_the_parents_alone(self) -> None:
        run("print(1)")
        pid = shared().pid
        context = multiprocessing.get_context("fork")
        with ThreadPoolExecutor(1) as pool:
            # One is in flight while the fork happens.
            other = pool.submit(run, "import time; time.sleep(1); print('parent')")
            queue = context.SimpleQueue()
            child = context.Process(target=lambda: queue.put((run("print('child')").stdout, shared().pid)))
            child.start()
            stdout, its_pid = queue.get()
            child.join()
            self.assertEqual(other.result().stdout, "parent\n")
        self.assertEqual((stdout, child.exitcode), ("child\n", 0))
        self.assertNotEqual(its_pid, pid)
        self.assertEqual(shared().pid, pid)
        until(lambda: not Path(f"/proc/{its_pid}").exists())

    def test_the_same_options_share_a_process_and_others_have_their_own(self) -> None:
        self.assertIs(shared(memory="300M"), shared(memory="300M"))
        self.assertIsNot(shared(memory="300M"), shared(memory="301M"))
