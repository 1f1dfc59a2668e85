"""An agent of smolagents that runs code: `python smolagents_agent.py`, with the extra `smolagents`.

The model is scripted. Any of smolagents' models can have its place.
"""

from typing import Any

from code_execute.smolagents import CodeExecuteTool
from smolagents import ActionStep, ToolCallingAgent  # type: ignore[import-untyped]
from smolagents.models import (  # type: ignore[import-untyped]
    ChatMessage,
    ChatMessageToolCall,
    ChatMessageToolCallFunction,
    MessageRole,
    Model,
)

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("code_execute", {"code": "print('x' * 3)"}),
    ("code_execute", {"code": "echo out; echo err >&2; exit 1", "language": "bash"}),
    ("code_execute", {"code": "import subprocess"}),
    ("final_answer", {"answer": "done"}),
]


class ScriptedModel(Model):  # type: ignore[misc]
    """Calls what the script says, one call a turn."""

    turns = 0

    def generate(self, *_messages: Any, tools_to_call_from: Any = (), **_options: Any) -> ChatMessage:
        name, arguments = CALLS[self.turns]
        self.turns += 1
        assert name in [tool.name for tool in tools_to_call_from]
        function = ChatMessageToolCallFunction(name=name, arguments=arguments)
        call = ChatMessageToolCall(function=function, id=str(self.turns), type="function")
        return ChatMessage(role=MessageRole.ASSISTANT, content="", tool_calls=[call])


def main() -> None:
    agent = ToolCallingAgent(tools=[CodeExecuteTool(timeout=10)], model=ScriptedModel())
    assert agent.run("Print three x.") == "done"
    observations = [step.observations for step in agent.memory.steps if isinstance(step, ActionStep)]
    assert observations[0] == "stdout:\nxxx\nexit_code: 0", observations
    assert observations[1] == "stdout:\nout\nstderr:\nerr\nexit_code: 1", observations
    assert observations[2].startswith("Security violation: line 1, column 8: `subprocess`"), observations


if __name__ == "__main__":
    main()
