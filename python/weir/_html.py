"""Packets and flows as notebooks show them."""

import html
from typing import Any

from weir._core import Flow, Packet


def packet(shown: Packet) -> str:
    """Its line, which opens a tree of headers and their fields."""
    lines = html.escape(str(shown)).splitlines()
    headers = "".join(details(title(header), table(header.as_dict())) for header in shown.layers)
    return details(f"<code>{shown.number}: {'<br>'.join(lines)}</code>", headers)


def flow(shown: Flow) -> str:
    """Its line, which opens a table of fields."""
    return details(f"<code>{html.escape(str(shown))}</code>", table(shown.as_dict()))


def title(header: Any) -> str:
    return html.escape(type(header).__name__.removesuffix("Header"))


def details(summary: str, content: str) -> str:
    return f'<details style="margin-left:1em"><summary>{summary}</summary>{content}</details>'


def table(fields: dict[str, Any]) -> str:
    rows = (f"<tr><th style=\"text-align:left\">{html.escape(name)}</th>"
            f"<td style=\"text-align:left\"><code>{html.escape(text(value))}</code></td></tr>"
            for name, value in fields.items())
    return f"<table>{''.join(rows)}</table>"


def text(value: Any) -> str:
    return value.hex(" ") if isinstance(value, bytes) else str(value)
