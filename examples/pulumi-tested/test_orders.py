"""Tests of the stack in Pulumi.yaml, against a local Ory that they start: no account, no state that stays.

  janiform install --pulumi
  python3 -m venv venv && venv/bin/pip install pulumi
  venv/bin/python -m unittest -v

They drive the stack through Pulumi's Automation API, so that its language does not matter: a program in TypeScript or
Go is tested the same way. JANIFORM names the command where it is not on PATH.
"""

import json
import os
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from pulumi import automation

HERE = Path(__file__).resolve().parent


class Orders(unittest.TestCase):
    def setUp(self) -> None:
        janiform = os.environ.get("JANIFORM", "janiform")
        self.emulator = subprocess.Popen([janiform, "emulator", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.emulator.stdout.close)
        self.addCleanup(self.emulator.wait)
        self.addCleanup(self.emulator.terminate)
        # The first line says where it listens.
        self.ory = self.emulator.stdout.readline().split()[-1]

        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        self.stack = automation.create_stack(
            stack_name="test",
            work_dir=str(HERE),
            opts=automation.LocalWorkspaceOptions(
                env_vars={
                    "ORY_HYDRA_ADMIN_URL": self.ory,
                    "PULUMI_BACKEND_URL": f"file://{state.name}",
                    "PULUMI_CONFIG_PASSPHRASE": "for this test",
                }
            ),
        )
        self.addCleanup((HERE / "Pulumi.test.yaml").unlink, missing_ok=True)

    def clients(self) -> list:
        with urllib.request.urlopen(f"{self.ory}/admin/clients") as answer:
            return json.load(answer)

    def token(self, client_id: str, secret: str) -> dict:
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
        with urllib.request.urlopen(f"{self.ory}/oauth2/token", form.encode()) as answer:
            return json.load(answer)

    def test_a_service_gets_a_token(self) -> None:
        outputs = self.stack.up().outputs
        self.assertTrue(outputs["clientSecret"].secret, "the secret has to be encrypted in the stack")
        token = self.token(outputs["clientId"].value, outputs["clientSecret"].value)
        # 15 minutes, give or take what the request took.
        self.assertIn(token["expires_in"], range(890, 901))

    def test_it_comes_and_goes(self) -> None:
        self.stack.up()
        self.assertEqual(self.stack.preview().change_summary, {"same": 2}, "something is never at rest")
        self.stack.destroy()
        self.assertEqual(self.clients(), [])

    def test_somebody_elses_change_is_repaired(self) -> None:
        outputs = self.stack.up().outputs
        change = json.dumps([{"op": "replace", "path": "/scope", "value": "everything"}]).encode()
        where = f"{self.ory}/admin/clients/{outputs['clientId'].value}"
        urllib.request.urlopen(urllib.request.Request(where, change, {"content-type": "application/json"}, method="PATCH")).close()
        self.stack.up(refresh=True)
        self.assertEqual([client["scope"] for client in self.clients()], ["orders:read orders:write"])

    def test_a_rename_keeps_the_id(self) -> None:
        before = self.stack.up().outputs["clientId"].value
        self.stack.set_config("name", automation.ConfigValue("invoices"))
        after = self.stack.up().outputs["clientId"].value
        self.assertEqual(before, after, "another id would lock the running service out")


if __name__ == "__main__":
    unittest.main()
