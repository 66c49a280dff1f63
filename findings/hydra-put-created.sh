#!/usr/bin/env bash
# Ory Hydra 2.3.0: the answer to an update of a client shows a moment of creation that is not the client's.
#
# Guess: the answer to PUT is the client as it is stored, as the next GET shows it; a `created_at` that is sent is ignored or
#        refused.
# Seen:  `created_at` in the answer is what was sent, and the time of the update where nothing was. GET shows the stored one,
#        which neither of the two has changed. So does the answer's `redirect_uris`: null there, and a list in GET.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
_, made = ask("POST", "/admin/clients", {"client_id": "shop"})
for body in {"created_at": "2001-01-01T00:00:00Z"}, {}:
    status, answer = ask("PUT", "/admin/clients/shop", body)
    _, stored = ask("GET", "/admin/clients/shop")
    sent = body.get("created_at", "nothing")
    same = lambda client: "the stored moment" if client["created_at"] == made["created_at"] else "the moment sent" if client["created_at"] == sent else "another moment"
    print("sent", sent, "is", status, same(answer), answer["redirect_uris"], "and GET has", same(stored), stored["redirect_uris"])
PYTHON
)" <<'WANTED'
sent 2001-01-01T00:00:00Z is 200 the moment sent None and GET has the stored moment []
sent nothing is 200 another moment None and GET has the stored moment []
WANTED
