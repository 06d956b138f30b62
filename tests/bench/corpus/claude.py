"""Sessions of Claude Code, with all that makes their logs hard to count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.bench.corpus.chance import Logs, stamp

MODELS = [
    ("claude-opus-4-5-20251101", 38),
    ("claude-sonnet-4-5-20250929", 30),
    ("claude-opus-4-6", 22),
    ("claude-haiku-4-5-20251001", 10),
]
SMALL = "claude-haiku-4-5-20251001"
TOOLS = ("Bash", "Read", "Edit", "Grep", "Write", "Glob")


@dataclass
class Session:
    id: str
    project: str
    model: str
    is_new: bool  # the later order of fields, with the hour's cache; no copies of sub-agents
    context: int
    uuid: str = ""

    @property
    def folder(self) -> str:
        return "projects/" + self.project.replace("/", "-")


class Line(NamedTuple):
    text: str
    message: str  # the response's own part of it
    request: str
    at: datetime


class ClaudeLogs(Logs):
    def session(self, budget: float) -> None:
        chance = self.chance
        is_new = chance.random() < 0.6
        session = Session(chance.uuid(), chance.project(), chance.pick(MODELS), is_new, chance.randrange(12000, 30000))
        at, before = chance.beginning(), self.bytes
        lines, answers, recent = list[str](), list[int](), list[list[Line]]()
        size = counted = 0
        while size + self.bytes - before < budget:
            at = chance.later(at, 2, 600) if chance.random() > 0.04 else chance.later(at, 3600, 40000)
            if chance.random() < 0.05:
                session.model = chance.pick(MODELS)
            lines.append(self._user(session, at, chance.text(chance.size(160, 1.0, 20000))))
            for _ in range(chance.size(6, 0.9, 80)):
                at = chance.later(at, 0.8, 12)
                answers.append(len(lines))
                told, calls, at = self._response(session, at)
                lines += [each.text for each in told]
                recent = [*recent[-3:], told]
                for call in calls:
                    lines += self._shell(session, at, call)
                    at = chance.later(at, 0.1, 15)
                    lines.append(self._result(session, at, call))
                if chance.random() < 0.05:
                    at = self._sub_agent(session, at, lines)
                if chance.random() < 0.2:
                    lines.append(self._other(session, at))
            if chance.random() < 0.05 or not self.kinds["side questions"]:
                at = self._side_question(session, at, recent[-chance.randrange(1, 5) :])
            size, counted = size + sum(map(len, lines[counted:])), len(lines)
        self.write(f"{session.folder}/{session.id}.jsonl", lines, at, self._torn(session))
        self.kinds["claude sessions"] += 1
        if len(answers) > 3 and (chance.random() < 0.08 or not self.kinds["resumed sessions"]):
            self._resumed(session, at, lines[: chance.choice(answers[1:]) + 1])

    # ---- one response --------------------------------------------------------------------------------------

    def _response(
        self, session: Session, at: datetime, agent: str = "", model: str = ""
    ) -> tuple[list[Line], list[str], datetime]:
        """Its lines, the calls it made, and when it ended; booked."""
        chance, model = self.chance, model or session.model
        session.context += chance.size(900, 1.0, 20000)
        if session.context >= 165_000:
            session.context = chance.randrange(18000, 30000)
        given = chance.choice((1, 2, 3, 4, 6, 8, 10, chance.randrange(1, 4000)))
        written, output = chance.size(900, 1.1, 60000), chance.size(230, 1.1, 16000) + 9
        hour = written if session.is_new and not agent else 0
        if session.is_new and chance.random() < 0.02:
            hour = written - written // 3
        blocks = chance.choices((1, 2, 3, 4, 5, 8), (16, 56, 22, 4, 1.5, 0.5))[0]
        kinds = ["thinking"] * (blocks > 1 and chance.random() < 0.45) + ["text"] * (
            blocks > 1 and chance.random() < 0.5
        )
        kinds += ["tool_use" if chance.random() < 0.93 else "text" for _ in range(blocks)]
        grows = blocks > 1 and chance.random() < 0.30
        key, request = "msg_01" + chance.id(22), "req_011C" + chance.id(20)
        made_at, told, calls = at, list[Line](), list[str]()
        for number, kind in enumerate(kinds[:blocks]):
            call = "toolu_01" + chance.id(22)
            calls += [call] * (kind == "tool_use")
            so_far = chance.randrange(1, 8) if grows and number < blocks - 1 else output
            usage = _usage(given, written - hour, hour, session.context, so_far, session.is_new)
            message = (
                f'"message":{{"model":"{model}","id":"{key}","type":"message","role":"assistant",'
                f'"content":[{self._block(kind, call)}],"stop_reason":null,"stop_sequence":null,"usage":{usage}}}'
            )
            text = self._line(session, at, f'{message},"requestId":"{request}","type":"assistant"', agent)
            told.append(Line(text, message, request, at))
            at += timedelta(milliseconds=chance.randrange(3, 4000))
        counts = {"input": given, "cache_write": written, "cache_read": session.context, "output": output}
        self.expected.book(made_at, model, session.project, session.id, counts)
        self.kinds["responses with a placeholder"] += grows
        return told, calls, at

    def _block(self, kind: str, call: str) -> str:
        chance = self.chance
        if kind == "thinking":
            text, signature = chance.text(chance.size(220, 0.9, 9000)), chance.letters(chance.size(420, 0.7, 6000))
            return f'{{"type":"thinking","thinking":"{text}","signature":"{signature}"}}'
        if kind == "text":
            return f'{{"type":"text","text":"{chance.text(chance.size(230, 0.9, 8000))}"}}'
        name = chance.choice(TOOLS)
        given = f'"command":"{chance.text(90)}","description":"{chance.text(50)}"'
        if name in ("Edit", "Write"):
            given = f'"file_path":"/home/dev/src/a.py","content":"{chance.text(chance.size(500, 1.1, 30000))}"'
        return f'{{"type":"tool_use","id":"{call}","name":"{name}","input":{{{given}}}}}'

    # ---- lines ---------------------------------------------------------------------------------------------

    def _line(self, session: Session, at: datetime, body: str, agent: str = "") -> str:
        parent, session.uuid = session.uuid, self.chance.uuid()
        before = f'"{parent}"' if parent else "null"
        side = "true" if agent else "false"
        whose = f'"agentId":"{agent}",' if agent else ""
        place = f'"cwd":"{session.project}","sessionId":"{session.id}"'
        end = f'"uuid":"{session.uuid}","timestamp":"{stamp(at)}"'
        if session.is_new:
            return (
                f'{{"parentUuid":{before},"isSidechain":{side},{whose}{body},{end},"userType":"external",'
                f'"entrypoint":"cli",{place},"version":"2.1.240","gitBranch":"main"}}\n'
            )
        return (
            f'{{"parentUuid":{before},"isSidechain":{side},"userType":"external",{place},"version":"2.1.29",'
            f'"gitBranch":"main",{whose}{body},{end}}}\n'
        )

    def _user(self, session: Session, at: datetime, text: str, agent: str = "") -> str:
        return self._line(session, at, f'"type":"user","message":{{"role":"user","content":"{text}"}}', agent)

    def _result(self, session: Session, at: datetime, call: str, agent: str = "") -> str:
        """A tool's: its text stands there twice."""
        chance = self.chance
        luck = chance.random()
        text = chance.text(chance.size(1350, 1.6, 480_000))
        content, again = f'"{text}"', f'"stdout":"{text}","stderr":"","interrupted":false'
        if luck < 0.003:
            image = chance.letters(chance.size(160_000, 0.7, 600_000))
            source = f'{{"type":"base64","media_type":"image/png","data":"{image}"}}'
            content, again = f'[{{"type":"image","source":{source}}}]', '"type":"image"'
        elif luck > 0.5:
            again = f'"type":"text","file":{{"filePath":"/home/dev/src/a.py","content":"{text}","numLines":40}}'
        result = f'{{"tool_use_id":"{call}","type":"tool_result","content":{content}}}'
        message = f'"type":"user","message":{{"role":"user","content":[{result}]}}'
        return self._line(session, at, f'{message},"toolUseResult":{{{again}}}', agent)

    def _shell(self, session: Session, at: datetime, call: str) -> list[str]:
        """What a running command says meanwhile."""
        chance = self.chance
        if chance.random() > (0.1 if session.is_new else 0.45):
            return []
        said = f'"type":"bash_progress","output":"{chance.text(90)}","fullOutput":"{chance.text(90)}"'
        line = f'"type":"progress","data":{{{said}}},"parentToolUseID":"{call}"'
        return [self._line(session, at, line) for _ in range(chance.randrange(1, 4))]

    def _other(self, session: Session, at: datetime) -> str:
        chance = self.chance
        match chance.randrange(10):
            case 0 | 1 | 2 | 3:
                kept = f'"trackedFileBackups":{{"src/a.py":{{"backupFileName":"{chance.id(16)}@v1"}}}}'
                return f'{{"type":"file-history-snapshot","messageId":"{chance.uuid()}","snapshot":{{{kept}}}}}\n'
            case 4 | 5 | 6:
                said = f'"content":"{chance.text(120)}","durationMs":{chance.randrange(90000)}'
                return self._line(session, at, f'"type":"system","subtype":"turn_duration",{said}')
            case 7:
                return f'{{"type":"summary","summary":"{chance.text(40)}","leafUuid":"{chance.uuid()}"}}\n'
            case 8:
                self.kinds["errors that no model made"] += 1
                nothing = (
                    '"input_tokens":0,"output_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0'
                )
                message = f'"id":"{chance.uuid()}","model":"<synthetic>","role":"assistant","usage":{{{nothing}}}'
                return self._line(session, at, f'"message":{{{message}}},"type":"assistant","isApiErrorMessage":true')
        return self._line(session, at, f'"type":"attachment","attachment":{{"content":"{chance.text(2500)}"}}')

    def _torn(self, session: Session) -> str:
        if self.chance.random() > 0.03:
            return ""
        self.kinds["torn last lines"] += 1
        message = f'"model":"{session.model}","id":"msg_01torn","usage":{{"input_tokens":999999,"output_tok'
        return f'{{"parentUuid":"x","isSidechain":false,"message":{{{message}'

    # ---- other logs ----------------------------------------------------------------------------------------

    def _sub_agent(self, session: Session, at: datetime, parent: list[str]) -> datetime:
        """Older sessions repeat its records in their own log; some of its logs are lost."""
        chance = self.chance
        agent = f"a{chance.getrandbits(64):016x}"
        is_lost = not session.is_new and (chance.random() < 0.08 or not self.kinds["lost sub-agents"])
        own = replace(session, uuid="", context=chance.randrange(9000, 25000))
        model = chance.pick([(SMALL, 40), ("claude-sonnet-4-5-20250929", 30), (session.model, 30)])
        lines = [self._user(own, at, chance.text(chance.size(1500, 0.8, 12000)), agent)]
        for _ in range(chance.size(9, 0.8, 60)):
            at = chance.later(at, 0.8, 9)
            told, calls, at = self._response(own, at, agent, model)
            lines += [each.text for each in told]
            if not session.is_new:
                parent += [self._copy(session, at, each, agent) for each in told]
            for call in calls:
                at = chance.later(at, 0.2, 6)
                lines.append(self._result(own, at, call, agent))
        below = chance.pick(
            [("", 0 if session.is_new else 50), ("/subagents", 40), (f"/subagents/workflows/wf_{chance.id(12)}", 10)]
        )
        folder = f"{session.folder}/{session.id}{below}" if below else session.folder
        if is_lost:
            self.kinds["lost sub-agents"] += 1
        else:
            self.write(f"{folder}/agent-{agent}.jsonl", lines, at)
        usage = '"usage":{"input_tokens":77777,"cache_read_input_tokens":99999,"output_tokens":66666}'
        sums = f'"toolUseResult":{{"status":"completed","agentId":"{agent}","totalTokens":54321,{usage}}}'
        parent.append(self._line(session, at, f'"type":"user","message":{{"role":"user","content":[]}},{sums}'))
        return at

    def _copy(self, session: Session, at: datetime, told: Line, agent: str) -> str:
        self.kinds["copies in a parent's log"] += 1
        inner = f'"type":"assistant","timestamp":"{stamp(at)}",{told.message},"requestId":"{told.request}"'
        copy = f'"message":{{{inner}}},"normalizedMessages":[],"type":"agent_progress","prompt":"","agentId":"{agent}"'
        return self._line(session, at, f'"type":"progress","data":{{{copy}}},"toolUseID":"agent_msg_1"')

    def _side_question(self, session: Session, at: datetime, recent: list[list[Line]]) -> datetime:
        """Its log first repeats the parent's last responses, under requests of its own."""
        chance = self.chance
        agent = f"a{chance.getrandbits(64):016x}"
        own = replace(session, uuid="", context=chance.randrange(9000, 25000))
        lines = []
        for told in recent:
            request = "req_011C" + chance.id(20)
            lines += [
                self._line(own, each.at, f'{each.message},"requestId":"{request}","type":"assistant"', agent)
                for each in told
            ]
        lines.append(self._user(own, at, chance.text(120), agent))
        for _ in range(chance.randrange(1, 3)):
            at = chance.later(at, 0.8, 9)
            told, calls, at = self._response(own, at, agent)
            lines += [each.text for each in told] + [self._result(own, at, call, agent) for call in calls]
        self.write(f"{session.folder}/{session.id}/subagents/agent-{agent}.jsonl", lines, at)
        self.kinds["side questions"] += 1
        return at

    def _resumed(self, session: Session, at: datetime, copied: list[str]) -> None:
        """A new log that begins with another's, the last response perhaps cut."""
        chance = self.chance
        own = replace(session, id=chance.uuid())
        lines = [each.replace(session.id, own.id) for each in copied]
        at = chance.later(at, 60, 20000)
        for _ in range(chance.randrange(1, 12)):
            at = chance.later(at, 1, 40)
            told, calls, at = self._response(own, at)
            lines += [each.text for each in told] + [self._result(own, at, call) for call in calls]
        self.write(f"{own.folder}/{own.id}.jsonl", lines, at)
        self.kinds["resumed sessions"] += 1


def _usage(given: int, five: int, hour: int, read: int, output: int, is_new: bool) -> str:
    written = f'"cache_creation":{{"ephemeral_5m_input_tokens":{five},"ephemeral_1h_input_tokens":{hour}}}'
    counts = f'"input_tokens":{given},"cache_creation_input_tokens":{five + hour},"cache_read_input_tokens":{read}'
    if not is_new:
        return f'{{{counts},{written},"output_tokens":{output},"service_tier":"standard"}}'
    searches = '"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0}'
    parts = f'"iterations":[{{{counts},"output_tokens":{output},{written},"type":"message"}}]'
    return (
        f'{{{counts},"output_tokens":{output},"output_tokens_details":{{"thinking_tokens":{output // 3}}},{searches},'
        f'"service_tier":"standard",{written},"inference_geo":"not_available",{parts},"speed":"standard"}}'
    )
