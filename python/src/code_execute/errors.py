"""What keeps this package from answering. What a program does, and what a policy refuses, is a result and no error."""


class CodeExecuteError(Exception):
    """Any error of this package."""


class BinaryNotFound(CodeExecuteError, FileNotFoundError):
    """The command `code-execute` is in none of the places where it is looked for."""


class StartFailed(CodeExecuteError):
    """The process did not start: most often an option that it refuses, which the message quotes."""


class ProcessEnded(CodeExecuteError):
    """The process ended while a program ran. The program was not run again; the next call starts a new process."""


class Closed(CodeExecuteError):
    """The client was closed."""


class ProtocolError(CodeExecuteError):
    """The process answered what this package does not understand: the two are of different versions."""
