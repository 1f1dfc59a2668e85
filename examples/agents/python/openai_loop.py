"""A loop over OpenAI's Chat Completions, and one over Responses: `python openai_loop.py`, with the package `openai`.

The client is OpenAI's own; a scripted transport answers in the place of their server.
"""

import json
from typing import Any

import httpx2
from code_execute.openai import CodeExecuteFunction
from openai import OpenAI

CALLS = [{"code": "print(sum(range(10)))"}, {"code": "exit 3", "language": "bash"}, {"code": "eval('1')"}]
"""What the model calls the function with, one call a turn."""


def chat(client: OpenAI, function: CodeExecuteFunction) -> str | None:
    messages: list[Any] = [{"role": "user", "content": "What is the sum of the numbers below ten?"}]
    while True:
        completion = client.chat.completions.create(model="scripted", messages=messages, tools=[function.chat])  # type: ignore[list-item]
        message = completion.choices[0].message
        messages.append(message)
        if not message.tool_calls:
            return message.content
        messages += function.answer(message.tool_calls)


def respond(client: OpenAI, function: CodeExecuteFunction) -> str:
    items: list[Any] = [{"role": "user", "content": "What is the sum of the numbers below ten?"}]
    while True:
        response = client.responses.create(model="scripted", input=items, tools=[function.responses])  # type: ignore[list-item]
        items += response.output
        if not (answers := function.answer(response.output)):
            return response.output_text
        items += answers


def scripted(request: httpx2.Request) -> httpx2.Response:
    """The server: calls the function as `CALLS` says, then quotes all that it was given back."""
    body = json.loads(request.content)
    if request.url.path.endswith("/chat/completions"):
        assert body["tools"][0]["function"]["name"] == "code_execute"
        answers = [message["content"] for message in body["messages"] if message["role"] == "tool"]
        message: dict[str, Any] = {"role": "assistant", "content": json.dumps(answers)}
        if len(answers) < len(CALLS):
            function = {"name": "code_execute", "arguments": json.dumps(CALLS[len(answers)])}
            message = {"role": "assistant", "tool_calls": [{"id": "call", "type": "function", "function": function}]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return httpx2.Response(200, json={"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]})
    assert body["tools"][0]["name"] == "code_execute"
    answers = [item["output"] for item in body["input"] if item.get("type") == "function_call_output"]
    item: dict[str, Any] = {
        "type": "message", "id": "1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": json.dumps(answers), "annotations": []}],
    }
    if len(answers) < len(CALLS):
        arguments = json.dumps(CALLS[len(answers)])
        item = {"type": "function_call", "id": "1", "call_id": "call", "name": "code_execute", "arguments": arguments}
    about = {"id": "1", "object": "response", "created_at": 0, "model": "scripted", "parallel_tool_calls": False}
    return httpx2.Response(200, json={**about, "tool_choice": "auto", "tools": [], "output": [item]})


def main() -> None:
    client = OpenAI(api_key="none", base_url="http://scripted/v1", http_client=httpx2.Client(transport=httpx2.MockTransport(scripted)))
    function = CodeExecuteFunction(timeout=10)
    for loop in (chat, respond):
        summed, failed, refused = json.loads(loop(client, function) or "")
        assert summed == "stdout:\n45\nexit_code: 0\nresult: 45", summed
        assert failed == "exit_code: 3", failed
        assert refused.startswith("Security violation: line 1, column 1"), refused
        print(f"{loop.__name__}: the model was given back {[summed, failed, refused]}")


if __name__ == "__main__":
    main()
