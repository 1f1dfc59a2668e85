"""Models that are scripts: each runs one program by the tool, then says what it was told."""

import json
from typing import Any

CODE = {"code": "print(6 * 7)"}


def langchain() -> Any:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, ToolMessage
    from langchain_core.outputs import ChatGeneration, ChatResult

    class Model(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "script"

        def bind_tools(self, tools: Any, **_options: Any) -> "Model":
            assert {tool.name for tool in tools} == {"code_execute", "code_check"}
            return self

        def _generate(self, messages: list[Any], *_positional: Any, **_named: Any) -> ChatResult:
            if isinstance(messages[-1], ToolMessage):
                message = AIMessage(said(messages[-1].text.splitlines()[1]))
            else:
                message = AIMessage("", tool_calls=[{"name": "code_execute", "args": CODE, "id": "call"}])
            return ChatResult(generations=[ChatGeneration(message=message)])

    return Model()


def pydantic_ai() -> Any:
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
    from pydantic_ai.models.function import FunctionModel

    def answer(messages: list[Any], about: Any) -> ModelResponse:
        assert {tool.name for tool in about.function_tools} == {"code_execute", "code_check"}
        last = messages[-1].parts[-1]
        if isinstance(last, ToolReturnPart):
            return ModelResponse([TextPart(said(last.content["stdout"]))])
        return ModelResponse([ToolCallPart("code_execute", CODE)])

    return FunctionModel(answer)


def openai_agents() -> Any:
    from agents import ModelResponse, Usage, set_tracing_disabled
    from agents.models.interface import Model
    from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

    set_tracing_disabled(True)

    class Script(Model):
        async def get_response(self, *positional: Any, **named: Any) -> ModelResponse:
            asked = named["input"] if "input" in named else positional[1]
            last = asked[-1] if isinstance(asked, list) else {}
            if last.get("type") != "function_call_output":
                call = {"name": "code_execute", "call_id": "call", "arguments": json.dumps(CODE)}
                return ModelResponse([ResponseFunctionToolCall(type="function_call", **call)], Usage(), None)
            text = said(_text(last["output"]).splitlines()[1])
            content = [ResponseOutputText(type="output_text", text=text, annotations=[])]
            message = ResponseOutputMessage(
                id="message", type="message", role="assistant", status="completed", content=content
            )
            return ModelResponse([message], Usage(), None)

        def stream_response(self, *_positional: Any, **_named: Any) -> Any:
            raise NotImplementedError("nothing here streams")

    return Script()


def _text(output: Any) -> str:
    return output if isinstance(output, str) else "".join(part["text"] for part in output)


def said(line: str) -> str:
    return f"The tool said: {line.strip()}"
