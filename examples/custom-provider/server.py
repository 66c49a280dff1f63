"""Bookmarks behind a small JSON API, in memory: python3 server.py [PORT [TOKEN]]"""

import json
import sys
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BOOKMARKS: dict[str, dict] = {}
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8089
TOKEN = sys.argv[2] if len(sys.argv) > 2 else None


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        status, answer = self.answer(body)
        payload = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def answer(self, body: dict | None) -> tuple[int, object]:
        if TOKEN and self.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "who are you?"}
        url = urlsplit(self.path)
        match [self.command, *filter(None, url.path.split("/"))]:
            case ["GET", "bookmarks"]:
                wanted = parse_qs(url.query).get("url")
                return 200, [one for one in BOOKMARKS.values() if not wanted or one["url"] in wanted]
            case ["POST", "bookmarks"]:
                return 201, self.keep({**body, "id": str(uuid.uuid4()), "created_at": datetime.now(timezone.utc).isoformat()})
            case [_, "bookmarks", key] if key not in BOOKMARKS:
                return 404, {"error": "no such bookmark"}
            case ["GET", "bookmarks", key]:
                return 200, BOOKMARKS[key]
            case ["PUT", "bookmarks", key]:
                fixed = {name: BOOKMARKS[key][name] for name in ("id", "created_at")}
                return 200, self.keep({**body, **fixed})
            case ["DELETE", "bookmarks", key]:
                del BOOKMARKS[key]
                return 204, None
        return 404, {"error": "no such route"}

    def keep(self, bookmark: dict) -> dict:
        # A server with a mind of its own: it trims URLs, orders tags, and finds a title.
        bookmark["url"] = bookmark["url"].rstrip("/")
        bookmark["tags"] = sorted(bookmark.get("tags") or [])
        bookmark.setdefault("title", urlsplit(bookmark["url"]).hostname)
        BOOKMARKS[bookmark["id"]] = bookmark
        return bookmark

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Api)
    print(f"Bookmarks at http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
