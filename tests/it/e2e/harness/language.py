"""Stands in for Pulumi's language plugins of Node.js, Python and Go, of which no module is published to build them from.

What runs the programs is Pulumi's own SDK in each language; this tells it what the engine says, as those plugins do. Installing
dependencies is linking what the tests have. Called `pulumi-language-nodejs` and so on, with JANIFORM_LANGUAGE naming what it needs.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent import futures

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

LANGUAGE = os.environ["JANIFORM_LANGUAGE"]
# The last argument is the engine's address.
ENGINE = sys.argv[-1]

PYTHON = """
import asyncio, json, os, runpy, sys
import pulumi
from pulumi.runtime import Settings, configure, run_in_stack, set_all_config

said = json.loads(os.environ["JANIFORM_RUN"])
configure(Settings(**said["settings"]))
set_all_config(said["config"], said["secrets"])
sys.path.insert(0, os.getcwd())
asyncio.new_event_loop().run_until_complete(run_in_stack(lambda: runpy.run_path(os.getcwd(), run_name="__main__")))
"""


def installed(name: str) -> str:
    return os.environ[name]


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    def Handshake(self, request, context):
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="0.0.1")

    def GetRequiredPackages(self, request, context):
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request, context):
        return language_pb2.GetRequiredPluginsResponse()

    def InstallDependencies(self, request, context):
        directory = request.info.program_directory or request.directory
        if LANGUAGE == "nodejs":
            about = json.load(open(os.path.join(directory, "package.json")))
            modules = os.path.join(directory, "node_modules")
            os.makedirs(os.path.join(modules, "@janiform"))
            for entry in os.listdir(installed("JANIFORM_NODE_MODULES")):
                os.symlink(os.path.join(installed("JANIFORM_NODE_MODULES"), entry), os.path.join(modules, entry))
            sdk = about["dependencies"]["@janiform/ory"].removeprefix("file:")
            os.symlink(sdk, os.path.join(modules, "@janiform/ory"))
        elif LANGUAGE == "go":
            shutil.copy(installed("JANIFORM_GO_SUM"), os.path.join(directory, "go.sum"))
        yield language_pb2.InstallDependenciesResponse()

    def Run(self, request, context):
        directory = request.info.program_directory or request.pwd
        entry = request.info.entry_point or request.program
        environment = dict(os.environ)
        try:
            command = getattr(self, LANGUAGE)(request, directory, entry, environment)
            done = subprocess.run(command, cwd=directory, env=environment)
            return language_pb2.RunResponse(error="" if done.returncode == 0 else f"it ended with {done.returncode}")
        except Exception as error:  # noqa: BLE001
            return language_pb2.RunResponse(error=str(error))

    def nodejs(self, request, directory, entry, environment):
        environment.update(
            PULUMI_NODEJS_TYPESCRIPT="true",
            # The compiler looks at types by itself.
            PULUMI_NODEJS_TRANSPILE_ONLY="true",
            PULUMI_CONFIG=json.dumps(dict(request.config)),
            PULUMI_CONFIG_SECRET_KEYS=json.dumps(list(request.configSecretKeys)),
        )
        command = [installed("JANIFORM_NODE"), os.path.join(directory, "node_modules/@pulumi/pulumi/cmd/run")]
        command += ["--monitor", request.monitor_address, "--engine", ENGINE, "--organization", request.organization]
        command += ["--project", request.project, "--stack", request.stack, "--pwd", directory]
        command += ["--parallel", str(request.parallel)] + (["--dry-run"] if request.dryRun else [])
        return command + [entry]

    def python(self, request, directory, entry, environment):
        settings = {
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "engine": ENGINE,
            "monitor": request.monitor_address,
            "dry_run": request.dryRun,
            "organization": request.organization,
        }
        run = {"settings": settings, "config": dict(request.config), "secrets": list(request.configSecretKeys)}
        environment.update(JANIFORM_RUN=json.dumps(run), PYTHONPATH=installed("JANIFORM_PYTHON_SDK"), PYTHONDONTWRITEBYTECODE="1")
        return [sys.executable, "-c", PYTHON]

    def go(self, request, directory, entry, environment):
        subprocess.run([installed("JANIFORM_GO"), "build", "-o", "program", "."], cwd=directory, check=True, stdout=sys.stderr)
        environment.update(
            PULUMI_PROJECT=request.project,
            PULUMI_STACK=request.stack,
            PULUMI_ORGANIZATION=request.organization,
            PULUMI_CONFIG=json.dumps(dict(request.config)),
            PULUMI_CONFIG_SECRET_KEYS=json.dumps(list(request.configSecretKeys)),
            PULUMI_DRY_RUN="true" if request.dryRun else "false",
            PULUMI_PARALLEL=str(request.parallel),
            PULUMI_MONITOR=request.monitor_address,
            PULUMI_ENGINE=ENGINE,
        )
        return [os.path.join(directory, "program")]

    def Cancel(self, request, context):
        return empty_pb2.Empty()


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=[("grpc.max_receive_message_length", 1 << 28)])
language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
