"""What the tool costs over the bare interpreter: `python bench.py [PAIRS]`, with the wheel and its extra `langchain`.

Both run `print(1)`, in turn, in this one process: `subprocess.run` on a file, and `CodeExecuteTool.invoke` with every layer
of the sandbox on. Prints the medians and, as what counts, the median of the ratios of the pairs. With `--most RATIO` it
fails above that.

An agent that has an answer thinks before it asks again; meanwhile the next interpreter is started. So each call, the bare
one too, is measured after a pause, and then again without one and without what is started ahead.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable

from code_execute import Client
from code_execute.langchain import CodeExecuteTool

PYTHON = "/usr/bin/python3"
"""What the contract's PATH finds. One found on another PATH may be a version manager's, which takes longer."""


PAUSE = 0.03
"""Far less than a model takes."""


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="?", type=int, default=200)
    parser.add_argument("--most", type=float, metavar="RATIO")
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write("print(1)")
        file.flush()
        ratio = measure(Client(), file.name, arguments.pairs, PAUSE)
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            config.write("ahead = false")
            config.flush()
            measure(Client(config=config.name), file.name, arguments.pairs, 0)
    if arguments.most is not None and ratio > arguments.most:
        raise SystemExit(f"the ratio is {ratio:.3f}; at most {arguments.most} is accepted")


def measure(client: Client, program: str, pairs: int, pause: float) -> float:
    with client:
        tool = CodeExecuteTool(client)
        command = [PYTHON, program]
        calls: dict[str, Callable[[], object]] = {
            "subprocess.run": lambda: subprocess.run(command, capture_output=True, text=True, check=True),
            "Client.run": lambda: client.run("print(1)"),
            "CodeExecuteTool.invoke": lambda: tool.invoke({"code": "print(1)"}),
        }
        assert calls["CodeExecuteTool.invoke"]() == "stdout:\n1\nexit_code: 0\nresult: 1"
        assert client.run("print(1)").isolation in ("standard", "strict")
        for call in calls.values():
            for _ in range(5):
                call()
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(pairs):
            for name, call in calls.items():
                time.sleep(pause)
                times[name].append(seconds(call))
    print(f"after {pause * 1e3:.0f} ms" if pause else "at once, nothing started ahead")
    bare = times["subprocess.run"]
    for name, taken in times.items():
        ratio = statistics.median(one / other for one, other in zip(taken, bare, strict=True))
        print(f"{name:24}{statistics.median(taken) * 1e3:9.3f} ms{ratio:8.3f}")
    return ratio


if __name__ == "__main__":
    main()
