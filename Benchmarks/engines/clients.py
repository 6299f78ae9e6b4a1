#!/usr/bin/env python3
"""Calls `cpc serve` through the clients of others: openai, anthropic and contextpilot as they are.

    clients.py URL          prints a line for each call; ends with 1 if one is not answered as it should be

Needs the packages of clients-requirements.txt and contextpilot-requirements.txt.
"""

import sys

import anthropic
import openai
from contextpilot.server.http_client import ContextPilotIndexClient

BLOCKS = [{"id": f"page-{number}", "text": f"Page {number}. " + "The tide turns twice a day. " * (number + 20)}
          for number in range(4)]
QUESTION = [{"role": "system", "content": "Answer from the pages."}, {"role": "user", "content": "When does the tide turn?"}]
LIMIT = 4


class Calls:
    """What was called, and how many answers were wrong."""

    def __init__(self):
        self.failed = 0

    def check(self, name, call, is_right):
        try:
            answer = call()
            fault = None if is_right(answer) else f"answered {answer!r:.300}"
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        self.failed += fault is not None
        print(f"{name:32} {fault or 'ok'}", flush=True)


def call_openai(url, calls):
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    blocks = {"cpc": {"blocks": BLOCKS}}
    chat = lambda blocks, **more: client.chat.completions.create(
        model="qwen3", messages=QUESTION, max_tokens=LIMIT, temperature=0, extra_body=blocks, **more)
    calls.check("openai models", client.models.list, lambda answer: len(answer.data) > 0)
    calls.check("openai chat, blocks", lambda: chat(blocks), lambda answer: answer.usage.prompt_tokens > 400)
    calls.check("openai chat, the same again", lambda: chat({"cpc": {"blocks": BLOCKS[::-1]}}),
                lambda answer: answer.usage.prompt_tokens_details.cached_tokens > 400)
    stream = lambda: list(chat(blocks, stream=True, stream_options={"include_usage": True}))
    calls.check("openai chat, a stream", stream,
                lambda events: len(events) > 1 and events[-1].usage.completion_tokens <= LIMIT)
    calls.check("openai completions", lambda: client.completions.create(
        model="qwen3", prompt="When does the tide", max_tokens=LIMIT), lambda answer: answer.usage.completion_tokens <= LIMIT)
    calls.check("openai responses", lambda: client.responses.create(
        model="qwen3", input="When does the tide turn?", max_output_tokens=LIMIT),
        lambda answer: answer.usage.input_tokens > 5)


def call_anthropic(url, calls):
    client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
    message = {"model": "qwen3", "messages": QUESTION[1:], "system": QUESTION[0]["content"]}
    calls.check("anthropic messages", lambda: client.messages.create(
        **message, max_tokens=LIMIT, extra_body={"cpc": {"blocks": BLOCKS}}),
        lambda answer: answer.usage.output_tokens <= LIMIT and answer.role == "assistant")
    calls.check("anthropic count_tokens", lambda: client.messages.count_tokens(**message),
                lambda answer: answer.input_tokens > 5)

    def streamed():
        return list(client.messages.create(**message, max_tokens=LIMIT, stream=True))

    calls.check("anthropic messages, a stream", streamed,
                lambda events: events[-1].type == "message_stop")


def call_contextpilot(url, calls):
    contexts = [["tide", "moon", "harbour"], ["harbour", "tide", "boat"], ["moon", "sun", "tide"]]
    with ContextPilotIndexClient(url) as client:
        calls.check("contextpilot health", client.health, lambda answer: answer["status"] == "ready")
        calls.check("contextpilot is_ready", client.is_ready, lambda answer: answer is True)
        calls.check("contextpilot reset", client.reset, lambda answer: answer["status"] == "success")

        def paired(answer):
            listed, places = answer
            return all(sorted(found) == sorted(contexts[place]) for found, place in zip(listed, places, strict=True))

        calls.check("contextpilot reorder", lambda: client.reorder(contexts), paired)
        calls.check("contextpilot schedule", lambda: client.schedule(contexts),
                    lambda answer: len(answer["reordered_contexts"]) == 3)
        first = client.reorder_raw([contexts[0]], deduplicate=True)
        calls.check("contextpilot build", lambda: client.build(contexts, deduplicate=True),
                    lambda answer: answer["deduplication"]["enabled"] is True)
        calls.check("contextpilot deduplicate", lambda: client.deduplicate([contexts[1]], first["request_ids"]),
                    lambda answer: sorted(answer["results"][0]["overlapping_docs"]) == ["harbour", "tide"])
        calls.check("contextpilot search", lambda: client.search([1, 2, 3]), lambda answer: "search_path" in answer)
        inserted = client.insert([1, 2, 3], [], 30)
        calls.check("contextpilot insert", lambda: inserted, lambda answer: answer["status"] == "success")
        calls.check("contextpilot update_node", lambda: client.update_node(inserted["search_path"], 5),
                    lambda answer: answer["status"] == "success")
        calls.check("contextpilot get_requests", client.get_requests,
                    lambda answer: inserted["request_id"] in answer["request_ids"])
        calls.check("contextpilot get_stats", client.get_stats, lambda answer: answer["index_stats"]["total_nodes"] > 0)
        calls.check("contextpilot evict", lambda: client.evict([inserted["request_id"], "unknown"]),
                    lambda answer: answer["removed_count"] == 1 and answer["not_found"] == ["unknown"])


def main():
    calls = Calls()
    for call in [call_openai, call_anthropic, call_contextpilot]:
        call(sys.argv[1], calls)
    sys.exit(1 if calls.failed else 0)


main()
