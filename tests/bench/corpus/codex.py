"""Sessions of Codex: running totals, written again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.bench.corpus.chance import Logs, stamp

MODELS = [("gpt-5", 30), ("gpt-5-codex", 50), ("gpt-5.1-codex", 20)]
KINDS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


class CodexLogs(Logs):
    def session(self, budget: float) -> None:
        chance, project = self.chance, self.chance.project()
        at = chance.beginning()
        thread = "019" + chance.uuid()[3:14] + "7" + chance.uuid()[15:]
        began, lines = at, list[str]()
        model, total, context = chance.pick(MODELS), Counter[str](), chance.randrange(7000, 15000)
        size = 0

        def add(kind: str, payload: str) -> None:
            nonlocal size
            lines.append(f'{{"timestamp":"{stamp(at)}","type":"{kind}","payload":{payload}}}\n')
            size += len(lines[-1])

        said = f'"originator":"codex_cli_rs","cli_version":"0.98.0","instructions":"{chance.text(9000)}"'
        add("session_meta", f'{{"id":"{thread}","timestamp":"{stamp(at)}","cwd":"{project}",{said},"source":"cli"}}')
        while size < budget:
            at = chance.later(at, 3, 900)
            if chance.random() < 0.06:
                model = chance.pick(MODELS)
            add("event_msg", f'{{"type":"user_message","message":"{chance.text(chance.size(160, 1, 9000))}"}}')
            add(
                "turn_context",
                f'{{"cwd":"{project}","approval_policy":"on-request","model":"{model}","summary":"auto"}}',
            )
            if chance.random() < 0.4:
                add("event_msg", f'{{"type":"token_count","info":null,"rate_limits":{self._limits()}}}')
            for _ in range(chance.size(7, 0.9, 80)):
                at = chance.later(at, 1, 20)
                self._work(add)
                context = min(context + chance.size(700, 1, 9000), 240_000)
                used = {KINDS[0]: context, KINDS[1]: int(context * chance.uniform(0.3, 0.97))}
                used[KINDS[2]] = chance.size(220, 1.0, 9000)
                used[KINDS[3]] = int(used[KINDS[2]] * chance.random() * 0.7)
                total.update(used)
                info = f'{{"total_token_usage":{_counts(total)},"last_token_usage":{_counts(Counter(used))}}}'
                event = f'{{"type":"token_count","info":{info},"rate_limits":{self._limits()}}}'
                add("event_msg", event)
                if chance.random() < 0.12:  # the same again, for its limits
                    at += timedelta(milliseconds=900)
                    add("event_msg", event)
                    self.kinds["totals written again"] += 1
                self._book(at, model, project, thread, used)
                if size > budget:
                    break
            add("event_msg", f'{{"type":"agent_message","message":"{chance.text(900)}"}}')
            if context > 200_000:
                context = chance.randrange(15000, 30000)
                add("compacted", f'{{"message":"{chance.text(4000)}"}}')
        name = f"sessions/{began:%Y/%m/%d}/rollout-{began:%Y-%m-%dT%H-%M-%S}-{thread}.jsonl"
        self.write(name, lines, at)
        self.kinds["codex sessions"] += 1

    def _work(self, add: Callable[[str, str], None]) -> None:
        chance = self.chance
        call = "call_" + chance.id(24)
        thought, sealed = chance.text(60), chance.letters(chance.size(1400, 0.7, 12000))
        summary = f'"summary":[{{"type":"summary_text","text":"{thought}"}}]'
        add("response_item", f'{{"type":"reasoning",{summary},"content":null,"encrypted_content":"{sealed}"}}')
        add("event_msg", f'{{"type":"agent_reasoning","text":"{thought}"}}')
        add("response_item", f'{{"type":"function_call","name":"shell_command","arguments":"ls","call_id":"{call}"}}')
        output = chance.text(chance.size(1800, 1.4, 60000))
        add("response_item", f'{{"type":"function_call_output","call_id":"{call}","output":"{output}"}}')

    def _limits(self) -> str:
        percent = self.chance.randrange(1000) / 10
        return f'{{"primary":{{"used_percent":{percent},"window_minutes":300,"resets_at":1790000000}},"credits":null}}'

    def _book(self, at: datetime, model: str, project: str, thread: str, used: dict[str, int]) -> None:
        counts = {
            "input": used[KINDS[0]] - used[KINDS[1]],
            "cache_write": 0,
            "cache_read": used[KINDS[1]],
            "output": used[KINDS[2]],
        }
        self.expected.book(at, model, project, thread, counts)


def _counts(used: Counter[str]) -> str:
    return (
        "{"
        + "".join(f'"{each}":{used[each]},' for each in KINDS)
        + f'"total_tokens":{used[KINDS[0]] + used[KINDS[2]]}}}'
    )
