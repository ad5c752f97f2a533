#!/opt/tools/bin/python
"""Stands in for Mailpit: takes mail on 1025 and answers the part of its HTTP API that we use on 8025."""

import json
import signal
import sys
import threading
import urllib.request
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEEP = 500

caught: list[dict[str, Any]] = []
lock = threading.Lock()


def addresses(message: EmailMessage, header: str) -> list[dict[str, str]]:
    """Who an address header names, as Mailpit writes it."""
    field = message[header]
    return [{"Name": a.display_name, "Address": a.addr_spec} for a in field.addresses] if field else []


def body(message: EmailMessage, kind: str) -> str:
    """The text of one kind, or nothing."""
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


class Catcher:
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        text = body(message, "plain")
        record = {
            "ID": uuid.uuid4().hex,
            "MessageID": str(message["Message-ID"] or "").strip("<>"),
            "From": next(iter(addresses(message, "From")), None),
            "To": addresses(message, "To") or [{"Name": "", "Address": a} for a in envelope.rcpt_tos],
            "Subject": str(message["Subject"] or ""),
            "Created": datetime.now(UTC).isoformat(),
            "Size": len(envelope.original_content or b""),
            "Snippet": " ".join(text.split())[:250],
            "Text": text,
            "HTML": body(message, "html"),
        }
        with lock:
            caught.insert(0, record)
            del caught[KEEP:]
        return "250 2.0.0 Ok: queued"


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        with lock:
            mails = list(caught)
        if path in ("/readyz", "/livez"):
            self.answer(200, "text/plain", "ok")
        elif path == "/api/v1/messages":
            brief = [{k: v for k, v in mail.items() if k not in ("Text", "HTML")} for mail in mails]
            self.answer(200, "application/json", json.dumps({"total": len(brief), "messages": brief}))
        elif path.startswith("/api/v1/message/"):
            found = [mail for mail in mails if mail["ID"] == path.rpartition("/")[2]]
            self.answer(
                200 if found else 404,
                "application/json",
                json.dumps(found[0] if found else {"Error": "not found"}),
            )
        elif path == "/":
            rows = "".join(f"<h2>{escape(mail['Subject'])}</h2><pre>{escape(mail['Text'])}</pre>" for mail in mails)
            self.answer(200, "text/html; charset=utf-8", f"<!doctype html><title>Mail</title>{rows or 'No mail yet.'}")
        else:
            self.answer(404, "text/plain", "not found")

    def answer(self, status: int, kind: str, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Polling would fill the log."""


if sys.argv[1:] == ["readyz"]:
    urllib.request.urlopen("http://127.0.0.1:8025/readyz", timeout=3).read()
else:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())  # as PID 1 it has no default
    Controller(Catcher(), hostname="", port=1025).start()
    ThreadingHTTPServer(("", 8025), Pages).serve_forever()
