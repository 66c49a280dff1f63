"""The same program, driven by Pulumi's Automation API: no project on disk and no
language plugin, only the `pulumi` command and its SDK.

  OP=preview|up|refresh|destroy   what to do (preview)
  STACK=dev                       which stack
  WORK_DIR=…                      where the stack's settings are kept; a new
                                  temporary directory without it

Prints one line of JSON: what changed and what came out. Secrets are not shown.
"""

import json
import os
import sys

from pulumi import automation

from clients import program


def run(stack: automation.Stack, op: str) -> dict[str, int]:
    def show(text: str) -> None:
        print(text, file=sys.stderr)

    if op == "preview":
        changes = stack.preview(on_output=show).change_summary
    elif op in ("up", "refresh", "destroy"):
        changes = getattr(stack, op)(on_output=show).summary.resource_changes
    else:
        sys.exit(f"OP is one of preview, up, refresh and destroy, and not {op}")
    return {getattr(kind, "value", kind): count for kind, count in (changes or {}).items()}


def main() -> None:
    op = os.environ.get("OP", "preview")
    stack = automation.create_or_select_stack(
        stack_name=os.environ.get("STACK", "dev"),
        project_name="ory-oauth2-clients",
        program=program,
        work_dir=os.environ.get("WORK_DIR"),
    )
    changes = run(stack, op)
    outputs = {name: "[secret]" if output.secret else output.value for name, output in stack.outputs().items()}
    print(json.dumps({"op": op, "changes": changes, "outputs": outputs}))


if __name__ == "__main__":
    main()
