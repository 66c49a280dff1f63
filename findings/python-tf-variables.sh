#!/usr/bin/env bash
# PyPI tftest 1.8.8 and python-terraform 0.10.1, with OpenTofu 1.12.6: None for a variable is the text "None" in one of them.
#
# Guess: a value of Python for a variable arrives as the same value, whichever of the two helpers hands it over: None is null, so
#        that the module does what it does without it, True is true, and a text in a list is what it is outside of one.
# Seen:  tftest writes None and True as Python prints them: a variable for a text gets "None" and "True", one for a bool is an
#        error for True but takes it inside of an object. A text in a list or a dict is read as a template, and one
#        outside is not: "$${id}" arrives as "${id}" from a list, and "${id}" is an error there. python-terraform, with
#        a file of JSON, hands over all of these as they are.
#
# Needs go, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
quietly python3 -m venv python
quietly python/bin/pip install tftest==1.8.8 python-terraform==0.10.1
cat >hand_over.py <<'PYTHON'
import logging, os, pathlib, python_terraform, subprocess, tftest

logging.disable()
tofu = os.path.abspath("tofu")
pathlib.Path("module").mkdir()

def with_tftest(value):
    test = tftest.TerraformTest("module", binary=tofu)
    test.setup(cleanup_on_exit=False)
    test.apply(tf_vars={"it": value})

def with_python_terraform(value):
    code, _, errors = python_terraform.Terraform("module", terraform_bin_path=tofu).apply(var={"it": value}, skip_plan=True)
    if code:
        raise Exception(errors)

for kind, value in [("string", None), ("bool", True), ("string", True), ("object({ on = bool })", {"on": True}),
                    ("string", "$${id}"), ("list(string)", ["$${id}"]), ("string", "${id}"), ("list(string)", ["${id}"]),
                    ("list(string)", [None])]:
    pathlib.Path("module/main.tf").write_text(
        f'variable "it" {{\n  type = {kind}\n}}\noutput "it" {{\n  value = jsonencode(var.it)\n}}\n')
    results = []
    for hand_over in with_tftest, with_python_terraform:
        try:
            hand_over(value)
            results.append(subprocess.run([tofu, "output", "-raw", "it"], cwd="module", capture_output=True, text=True).stdout)
        except Exception as problem:
            results.append("an error")
    print(f"{kind} = {value!r}: tftest {results[0]}, python-terraform {results[1]}")
PYTHON
expect "$(python/bin/python -W ignore hand_over.py)" <<'WANTED'
string = None: tftest "None", python-terraform null
bool = True: tftest an error, python-terraform true
string = True: tftest "True", python-terraform "true"
object({ on = bool }) = {'on': True}: tftest {"on":true}, python-terraform {"on":true}
string = '$${id}': tftest "$${id}", python-terraform "$${id}"
list(string) = ['$${id}']: tftest ["${id}"], python-terraform ["$${id}"]
string = '${id}': tftest "${id}", python-terraform "${id}"
list(string) = ['${id}']: tftest an error, python-terraform ["${id}"]
list(string) = [None]: tftest [null], python-terraform [null]
WANTED
