"""A LangChain agent that runs code: `python langchain_agent.py`, with the extra `langchain` and the package `langchain`.

The model is scripted. Any chat model that calls tools can have its place: `create_agent("anthropic:...", [CodeExecuteTool()])`.
"""

from typing import Any

from code_execute.langchain import CodeExecuteTool
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr


class ScriptedModel(BaseChatModel):
    """Calls what the script says, one call a turn, and then quotes the last answer."""

    calls: list[ToolCall]
    _tools: list[str] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_options: Any) -> "ScriptedModel":
        self._tools = [tool.name for tool in tools if hasattr(tool, "name")]
        return self

    def _generate(self, messages: list[BaseMessage], *_arguments: Any, **_options: Any) -> ChatResult:
        answers = [message for message in messages if isinstance(message, ToolMessage)]
        if len(answers) < len(self.calls):
            call = self.calls[len(answers)]
            assert call["name"] in self._tools, (call["name"], self._tools)
            message = AIMessage("", tool_calls=[call])
        else:
            message = AIMessage(f"The answer was: {answers[-1].content}")
        return ChatResult(generations=[ChatGeneration(message=message)])


def call(number: int, name: str = "code_execute", **arguments: Any) -> ToolCall:
    return ToolCall(name=name, args=arguments, id=f"call-{number}")


def main() -> None:
    model = ScriptedModel(
        calls=[
            call(1, code="import os; print(os.getcwd())"),
            call(2, code="from pathlib import Path; print(Path.cwd())"),
            call(3, code="while True: pass", timeout_seconds=1),
            call(4, code="print(1", language="python"),
            call(5, code="puts 1", language="ruby"),
        ]
    )
    agent = create_agent(model, tools=[CodeExecuteTool()])
    messages = agent.invoke({"messages": [HumanMessage("Where do you work?")]})["messages"]
    refused, worked, slow, broken, unknown = [message for message in messages if isinstance(message, ToolMessage)]
    assert str(refused.content).startswith("Security violation: line 1, column 8: `os`"), refused
    assert refused.artifact["violations"][0]["rule"] == "py-import-os", refused
    assert worked.content == "stdout:\n/tmp\nexit_code: 0", worked
    assert (worked.status, worked.artifact["status"], worked.artifact["stdout"]) == ("success", "ok", "/tmp\n"), worked
    assert slow.content == "Execution timed out after 1 seconds", slow
    assert "SyntaxError" in broken.content and broken.artifact["exit_code"] == 1, broken
    assert unknown.content == "Error: Language 'ruby' not supported. Use 'python' or 'bash'.", unknown
    assert (unknown.status, refused.status) == ("error", "success"), unknown
    for message in messages:
        message.pretty_print()


if __name__ == "__main__":
    main()
