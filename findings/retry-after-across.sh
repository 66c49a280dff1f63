#!/usr/bin/env bash
# Go hashicorp/go-retryablehttp 0.7.8, npm undici 7.30.2, PyPI urllib3 2.8.0: a server's "Retry-After: 3" is 3 seconds, half a second, or whatever the client would have waited.
#
# Guess: a client that knows Retry-After waits as long as the server says, or gives up where that is more than its own longest
#        wait; an older form of a date is read, as RFC 9110 wants of every recipient; and a value that is none of
#        the header's is passed over.
# Seen:  for go-retryablehttp its own RetryWaitMax does not hold against the header, and its LinearJitterBackoff does not look
#        at the header at all; undici comes back after its own maximum, before the server wants it to. The older form is
#        no date in Go. A status 500 with the header is waited for by undici alone. urllib3 waits for six hours at most,
#        and ends with an exception of its own at "1.5".
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program backoff github.com/hashicorp/go-retryablehttp@v0.7.8 <<'GO'
package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Waits from 100 to 500 milliseconds are asked for.
func show(name string, backoff retryablehttp.Backoff, status int, value string) {
	answer := &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {value}}}
	waits := "its own wait"
	if wait := backoff(100*time.Millisecond, 500*time.Millisecond, 0, answer); wait > 2*time.Second {
		waits = "the server's"
	}
	fmt.Printf("Go %s, %d, %s: %s\n", name, status, value, waits)
}

func main() {
	for _, status := range []int{429, 503, 500} {
		show("DefaultBackoff", retryablehttp.DefaultBackoff, status, "3")
	}
	show("LinearJitterBackoff", retryablehttp.LinearJitterBackoff, 429, "3")
	// A moment in two forms, and no moment.
	for _, value := range []string{"Tue, 01 Jan 2999 00:00:00 GMT", "Tue Jan  1 00:00:00 2999", "1.5"} {
		show("DefaultBackoff", retryablehttp.DefaultBackoff, 429, value)
	}
}
GO
quietly npm install undici@7.30.2
quietly python3 -m venv python
quietly python/bin/pip install urllib3==2.8.0
cat >waits.mjs <<'JS'
import { createServer } from "http"
import { once } from "events"
import { Agent, RetryAgent, request } from "undici"
for (const status of [429, 500]) {
  const at = []
  const server = createServer((_, answer) => {
    at.push(Date.now())
    answer.writeHead(at.length === 1 ? status : 200, { "Retry-After": "3" }).end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  for (const maxTimeout of [500, 30000]) {
    at.length = 0
    const dispatcher = new RetryAgent(new Agent(), { minTimeout: 100, maxTimeout })
    await (await request(`http://127.0.0.1:${server.address().port}/`, { dispatcher })).body.text()
    const waited = at[1] - at[0]
    console.log(`undici, ${status}, 3, at most ${maxTimeout} ms:`, waited > 2500 ? "the server's" : waited > 400 ? "its own maximum" : "its own wait")
    await dispatcher.close()
  }
  server.close()
}
JS
expect "$(./backoff; node waits.mjs; python/bin/python -c '
from urllib3.util.retry import Retry
for value in "3", "Tue, 01 Jan 2999 00:00:00 GMT", "Tue Jan  1 00:00:00 2999", "1.5":
    try:
        print(f"urllib3, {value}: {Retry().parse_retry_after(value)} s")
    except Exception as error:
        print(f"urllib3, {value}: {type(error).__name__}")
for status in 429, 503, 500:
    print(f"urllib3, {status}, 3: is a retry:", Retry(3).is_retry("GET", status, has_retry_after=True))
')" <<'WANTED'
Go DefaultBackoff, 429, 3: the server's
Go DefaultBackoff, 503, 3: the server's
Go DefaultBackoff, 500, 3: its own wait
Go LinearJitterBackoff, 429, 3: its own wait
Go DefaultBackoff, 429, Tue, 01 Jan 2999 00:00:00 GMT: the server's
Go DefaultBackoff, 429, Tue Jan  1 00:00:00 2999: its own wait
Go DefaultBackoff, 429, 1.5: its own wait
undici, 429, 3, at most 500 ms: its own maximum
undici, 429, 3, at most 30000 ms: the server's
undici, 500, 3, at most 500 ms: its own maximum
undici, 500, 3, at most 30000 ms: the server's
urllib3, 3: 3 s
urllib3, Tue, 01 Jan 2999 00:00:00 GMT: 21600 s
urllib3, Tue Jan  1 00:00:00 2999: 21600 s
urllib3, 1.5: InvalidHeader
urllib3, 429, 3: is a retry: True
urllib3, 503, 3: is a retry: True
urllib3, 500, 3: is a retry: False
WANTED
