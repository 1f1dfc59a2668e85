"""A tool for LangChain and LangGraph: `pip install "code-execute[langchain]"`."""

from typing import Any, Literal, Unpack

from langchain_core.tools import BaseTool, ToolException
from pydantic import PrivateAttr

from .client import Client
from .errors import ProcessEnded
from .options import Keywords
from .result import Result
from .shared import chosen

Answer = tuple[str, dict[str, Any]]


class CodeExecuteTool(BaseTool):
    """Runs the Python or Bash that the model writes, reviewed and confined.

    The message has the text, its artifact the values. Cancelling a run kills the program. The keywords are those of
    `Client`; tools with the same ones share a process. Name, description and arguments are what that process says of
    itself, so it starts here, and what is wrong with an option is an error here.
    """

    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    _client: Client = PrivateAttr()

    def __init__(self, client: Client | None = None, **options: Unpack[Keywords]) -> None:
        client = chosen(client, options)
        tool = client.describe()
        # The process checks the arguments, and says what is wrong in words that a model can act on.
        super().__init__(
            name=tool.name, description=tool.description, args_schema=tool.parameters, handle_tool_error=True
        )
        self._client = client

    def _run(self, /, **arguments: Any) -> Answer:
        try:
            return _answer(self._client.execute(arguments))
        except ProcessEnded as error:
            raise ToolException(f"Error: {error}") from error

    async def _arun(self, /, **arguments: Any) -> Answer:
        try:
            return _answer(await self._client.aexecute(arguments))
        except ProcessEnded as error:
            raise ToolException(f"Error: {error}") from error


def _answer(result: Result) -> Answer:
    if result.is_error:
        raise ToolException(result.text)
    return result.text, result.to_dict()
