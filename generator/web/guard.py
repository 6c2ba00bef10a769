"""What stands before every page: whose host it is, how large the body may be, what browsers may load.

A body that is too large is read to its end without being kept, so that the browser gets the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
DRAINED = 1024 * 2**20
SMALL = 4 * 2**20
SAFE = ("GET", "HEAD", "OPTIONS")


def plain_page(status: int, title: str, text: str) -> HTMLResponse:
    """A short answer without the pages' frame."""
    body = (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>' + title + "</title>"
        '<link rel="stylesheet" href="/static/style.css"></head><body><main class="narrow"><h1>'
        + title
        + "</h1><p>"
        + text
        + "</p>"
        '<p><a href="/">返回首页</a></p></main></body></html>'
    )
    return HTMLResponse(body, status)


class Guard:
    """ASGI middleware: host, origin, size, headers."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], upload: int) -> None:
        self.app, self.hosts, self.upload = app, hosts, upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {k.lower() for k, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in given]
                if not scope["path"].startswith("/static/") and b"cache-control" not in given:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        refused = self._refused(scope["method"], headers)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        limit = (
            self.upload * 2**20 + SMALL
            if "multipart" in headers.get("content-type", "") or scope["method"] == "PUT"
            else SMALL
        )
        await self._limited(scope, receive, answer, headers, limit)

    def _refused(self, method: str, headers: Mapping[str, str]) -> HTMLResponse | None:
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if "*" not in self.hosts and name not in self.hosts:
            return plain_page(400, "地址不对", "请用管理员告知的地址访问。")
        if method in SAFE:
            return None
        origin = headers.get("origin", "")
        if origin and origin != "null" and urlsplit(origin).netloc != host:
            return plain_page(403, "请求被拒绝", "这个请求来自别的网站。")
        if origin == "null" or headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site"):
            return plain_page(403, "请求被拒绝", "这个请求来自别的网站。")
        return None

    async def _limited(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str], limit: int
    ) -> None:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            await _drain(receive)
            await self._too_large(limit)(scope, receive, send)
            return
        seen = 0
        too_large = False
        started = False

        async def counted() -> Message:
            nonlocal seen, too_large
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                too_large = True
                await _drain(receive, message)
                return {"type": "http.disconnect"}
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if too_large and not started:
                return
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except Exception:
            if not too_large:
                raise
        if too_large and not started:
            await self._too_large(limit)(scope, receive, send)

    def _too_large(self, limit: int) -> HTMLResponse:
        return plain_page(
            413, "文件太大", f"上传的内容超过 {limit // 2**20} MB，没有接收。请删去图片等无关内容，另存后再上传。"
        )


async def _drain(receive: Receive, message: Message | None = None) -> None:
    """Read the rest of a body without keeping it, up to a bound."""
    seen = 0
    while seen < DRAINED:
        if message is not None and not message.get("more_body", False):
            return
        message = await receive()
        if message["type"] != "http.request":
            return
        seen += len(message.get("body", b""))
