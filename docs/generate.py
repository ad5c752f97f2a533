"""Writes the pages and documents that come from code: `make docs`. `--check` writes nothing and fails when one is old.

Events: the catalogue in both languages, their JSON Schemas, AsyncAPI 3. States: a diagram from every table of moves.
Special cases and what a message must say: from their tables. Settings: from the settings classes.
"""

import argparse
import importlib
import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from docs import chinese, playbooks, settings
from docs.machines import MACHINES, THINGS, Thing
from retour import __version__
from retour.hosting.recipes import RECIPES
from shared.contracts.envelope import Envelope, Event
from shared.contracts.events import CATALOGUE, PUBLISHERS
from shared.contracts.schema import schema_of
from shared.kernel.errors import Language
from shared.messaging.broker_topology import BrokerNames

ROOT: Final = Path(__file__).parent.parent
MADE: Final = {"en": "Made from code by `make docs`; edit the code.", "zh": "由 `make docs` 根据代码生成，请修改代码。"}
WORDS: Final = {
    "en": {
        "title": "Events",
        "intro": "Every event is a CloudEvents 1.0 document in structured JSON on the topic exchange `retour.events`; "
        "the routing key is its type. `source` is the service, `subject` is the aggregate. `sequence` counts the "
        "events of one source about one subject, from 1 without a gap. `correlationid` is the return.",
        "by": "published by",
        "read": "followed by",
        "field": "field",
        "kind": "kind",
        "always": "always there",
        "about": "about",
        "yes": "yes",
        "no": "no",
        "sample": "Sample",
    },
    "zh": {
        "title": "事件",
        "intro": "每个事件都是结构化 JSON 的 CloudEvents 1.0 文档，发布到主题交换机 `retour.events`，路由键即事件类型。"
        "`source` 为服务，`subject` 为聚合，`sequence` 按来源与主体从 1 起连续计数，`correlationid` 为退货单。",
        "by": "发布者",
        "read": "订阅者",
        "field": "字段",
        "kind": "类型",
        "always": "必有",
        "about": "说明",
        "yes": "是",
        "no": "否",
        "sample": "示例",
    },
}


def consumers() -> Mapping[str, list[str]]:
    """Which queues follow each noun. Names are all that is wanted, so nothing real is given to what makes them."""
    found: dict[str, list[str]] = {}
    for recipe in RECIPES:
        package = recipe.build.__module__.partition(".")[0]
        make = importlib.import_module(f"{package}.entrypoints.consumers").consumers
        unused = [None for _ in inspect.signature(make).parameters]
        for consumer in make(*unused):
            for noun in consumer.nouns:
                found.setdefault(noun, []).append(consumer.name)
    return found


def sample(contract: type[Event]) -> Any:
    """The committed sample of this version."""
    return json.loads((ROOT / "shared/contracts/samples" / f"{contract.routing_key()}.json").read_text())


def kind(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """A field's kind in a few words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        target = defs[name]
        return " \\| ".join(f"`{value}`" for value in target["enum"]) if "enum" in target else name
    if "anyOf" in schema:
        return " \\| ".join(kind(option, defs) for option in schema["anyOf"] if option.get("type") != "null")
    if schema.get("type") == "array":
        return f"{kind(schema['items'], defs)}[]"
    return str(schema.get("format", schema.get("type", "any")))


def catalogue(language: str) -> str:
    """The page of events."""
    words = WORDS[language]
    followers = consumers()
    out = [f"# {words['title']}", "", f"<!-- {MADE[language]} -->", "", words["intro"], ""]
    for contract in CATALOGUE:
        schema = schema_of(contract)
        defs = schema.get("$defs", {})
        noun = contract.type.partition(".")[0]
        out += [f"## `{contract.routing_key()}`", "", about(contract, language), ""]
        out += [f"{words['by']} `{PUBLISHERS[noun]}` · {words['read']} "
                + (", ".join(f"`{name}`" for name in followers.get(noun, [])) or "–"), ""]  # fmt: skip
        out += [f"| {words['field']} | {words['kind']} | {words['always']} |", "| --- | --- | --- |"]
        for name, part in schema["properties"].items():
            always = words["yes"] if name in schema.get("required", ()) else words["no"]
            out.append(f"| `{name}` | {kind(part, defs)} | {always} |")
        body = json.dumps(sample(contract), ensure_ascii=False, indent=2)
        out += ["", f"<details><summary>{words['sample']}</summary>", "", "```json", body, "```", "", "</details>", ""]
    return "\n".join(out)


def about(contract: type[Event], language: str) -> str:
    """What has happened, in a sentence or two."""
    return chinese.EVENTS[contract.routing_key()] if language == "zh" else (contract.__doc__ or "").strip()


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.1 of everything that crosses the exchange."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for contract in CATALOGUE:
        key = contract.routing_key()
        name = contract.__name__
        data = schema_of(contract)
        schemas |= data.pop("$defs", {})
        for noise in ("$id", "$schema"):
            data.pop(noise, None)
        schemas[name] = data
        envelope = Envelope.model_json_schema(mode="serialization")
        envelope["properties"]["type"] = {"const": key}
        envelope["properties"]["data"] = {"$ref": f"#/components/schemas/{name}"}
        schemas[f"{name}Envelope"] = envelope
        messages[name] = {
            "name": key,
            "title": (contract.__doc__ or "").strip().partition("\n")[0],
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"#/components/schemas/{name}Envelope"},
            "examples": [{"name": "sample", "payload": sample(contract)}],
        }
        channels[name] = {
            "address": key,
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": "retour.events", "type": "topic", "durable": True, "vhost": "retour"},
                    "bindingVersion": "0.3.0",
                }
            },
        }
        operations[f"send{name}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": f"{PUBLISHERS[contract.type.partition('.')[0]]} publishes it",
            "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        }
    channels |= _streams()
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Retour events",
            "version": __version__,
            "description": "What Retour's services tell each other and whoever binds a queue: at least once, in order "
            "for each `source` and `subject`.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": _components(schemas)},
    }


def _streams() -> dict[str, Any]:
    """The streams for systems outside: each has all events of one noun, to be read from any place again."""
    channels: dict[str, Any] = {}
    for name, noun in BrokerNames().streams.items():
        contracts = [contract.__name__ for contract in CATALOGUE if contract.type.partition(".")[0] == noun]
        channels[f"{name.rpartition('.')[2].capitalize()}Stream"] = {
            "address": name,
            "description": f"A stream of all events `{noun}.*`, in the order of publication. The broker's user "
            f"`{name.rpartition('.')[2]}` may read it.",
            "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in contracts},
            "bindings": {
                "amqp": {
                    "is": "queue",
                    "queue": {"name": name, "durable": True, "vhost": "retour"},
                    "bindingVersion": "0.3.0",
                }
            },
        }
    return channels


def _components(schemas: Mapping[str, Any]) -> Any:
    text = json.dumps(schemas).replace("#/$defs/", "#/components/schemas/")
    return json.loads(text)


def diagrams(language: str) -> str:
    """The page of states."""
    title = {"en": "States", "zh": "状态"}[language]
    intro = {
        "en": "What may follow what, drawn from the tables the code obeys. A verb that no arrow shows is refused.",
        "zh": "以下状态图由代码中的转换表生成；图中没有的操作会被拒绝。",
    }[language]
    out = [f"# {title}", "", f"<!-- {MADE[language]} -->", "", intro, ""]
    for name, moves in MACHINES.items():
        out += [f"## {chinese.MACHINES[name] if language == 'zh' else name}", "", "```mermaid", "stateDiagram-v2"]
        out += [f"    {source} --> {target}: {verb}" for source, verb, target in moves]
        out += ["```", ""]
    for thing in THINGS:
        out += _states_of(thing, language)
    return "\n".join(out)


def _states_of(thing: Thing, language: str) -> list[str]:
    """The table of one thing: what each state means, what can happen in it, by whom or what, and what follows."""
    said: Language = "zh-CN" if language == "zh" else "en"
    heads = {
        "en": ("State", "Means", "What can happen", "By", "Until", "Leads to"),
        "zh": ("状态", "含义", "可能发生", "由谁或何处触发", "期限", "之后的状态"),
    }[language]
    ends = {"en": " (end)", "zh": "（终点）"}[language]
    rows = []
    for name, state in thing.table.items():
        label = f"`{name}`{ends if state.end else ''}"
        rows.append((label, state.means.to(said), "", "", "", ""))
        for act in state.acts:
            until = act.until.to(said) if act.until else ""
            leads = ", ".join(f"`{each}`" for each in sorted(act.leads_to))
            trigger = chinese.TRIGGERS[act.trigger] if said == "zh-CN" else act.trigger.value
            rows.append(("", "", act.verb, f"{trigger}: `{act.by}`", until, leads))
    lines = [" | ".join(("", *row, "")).strip() for row in (heads, ["---"] * len(heads), *rows)]
    return [f"## {thing.name.to(said)}", "", *lines, ""]


def pages() -> Iterable[tuple[Path, str]]:
    """Everything that is made, with its place."""
    yield ROOT / "docs/reference/events.md", catalogue("en")
    yield ROOT / "docs/zh/reference/events.md", catalogue("zh")
    yield ROOT / "docs/reference/states.md", diagrams("en")
    yield ROOT / "docs/zh/reference/states.md", diagrams("zh")
    yield ROOT / "docs/reference/special-cases.md", playbooks.special_cases("en", MADE["en"])
    yield ROOT / "docs/zh/reference/special-cases.md", playbooks.special_cases("zh", MADE["zh"])
    yield ROOT / "docs/reference/message-contents.md", playbooks.contents("en", MADE["en"])
    yield ROOT / "docs/zh/reference/message-contents.md", playbooks.contents("zh", MADE["zh"])
    yield ROOT / "docs/reference/settings.md", settings.settings("en", MADE["en"])
    yield ROOT / "docs/zh/reference/settings.md", settings.settings("zh", MADE["zh"])
    yield ROOT / "docs/asyncapi.json", json.dumps(asyncapi(), ensure_ascii=False, indent=1) + "\n"
    for contract in CATALOGUE:
        schema = json.dumps(schema_of(contract), ensure_ascii=False, indent=1) + "\n"
        yield ROOT / "shared/contracts/schemas" / f"{contract.routing_key()}.json", schema


def main() -> None:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    old = []
    for path, text in pages():
        if not path.exists() or path.read_text() != text:
            old.append(path)
            if not args.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    for path in old:
        print(f"{'old' if args.check else 'written'}: {path.relative_to(ROOT)}")
    sys.exit(1 if args.check and old else 0)


if __name__ == "__main__":
    main()
