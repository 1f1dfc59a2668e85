"""A tool for the `ToolCallingAgent` of smolagents: `pip install "code-execute[smolagents]"`.

It is no executor for a `CodeAgent`: that one keeps variables from step to step and lets code call the agent's tools,
and here every call is a new program.
"""

from typing import Any, Unpack

from smolagents import Tool  # type: ignore[import-untyped]

from .client import Client
from .errors import ProcessEnded
from .options import Keywords
from .shared import chosen


class CodeExecuteTool(Tool):  # type: ignore[misc]  # it has no types
    """Runs the Python or Bash that the model writes, reviewed and confined.

    The keywords are those of `Client`; tools with the same ones share a process.
    """

    name = "code_execute"
    output_type = "string"
    # Every call is one dictionary, and what is wrong with it is said by the process.
    skip_forward_signature_validation = True

    def __init__(self, client: Client | None = None, **options: Unpack[Keywords]) -> None:
        self.client = chosen(client, options)
        tool = self.client.describe()
        self.description = tool.description
        required = tool.parameters.get("required", [])
        self.inputs = {
            name: value if name in required else {**value, "nullable": True}
            for name, value in tool.parameters["properties"].items()
        }
        super().__init__()

    def forward(self, **arguments: Any) -> str:
        try:
            return self.client.execute(arguments).text
        except ProcessEnded as error:
            return f"Error: {error}"
