// The same program, driven by Pulumi's Automation API: no project on disk and no
// language plugin, only the `pulumi` command and its SDK.
//
//   OP=preview|up|refresh|destroy   what to do (preview)
//   STACK=dev                       which stack
//   WORK_DIR=…                      where the stack's settings are kept; a new
//                                   temporary directory without it
//
// Prints one line of JSON: what changed and what came out. Secrets are not shown.
import * as automation from "@pulumi/pulumi/automation";
import { program } from "./clients";

async function main() {
    const op = process.env.OP ?? "preview";
    const stack = await automation.LocalWorkspace.createOrSelectStack(
        { stackName: process.env.STACK ?? "dev", projectName: "ory-oauth2-clients", program },
        { workDir: process.env.WORK_DIR },
    );
    const changes = await run(stack, op);
    const outputs = Object.entries(await stack.outputs()).map(([name, output]) => [name, output.secret ? "[secret]" : output.value]);
    console.log(JSON.stringify({ op, changes, outputs: Object.fromEntries(outputs) }));
}

async function run(stack: automation.Stack, op: string): Promise<automation.OpMap | undefined> {
    const onOutput = (text: string) => process.stderr.write(text);
    switch (op) {
        case "preview":
            return (await stack.preview({ onOutput })).changeSummary;
        case "up":
            return (await stack.up({ onOutput })).summary.resourceChanges;
        case "refresh":
            return (await stack.refresh({ onOutput })).summary.resourceChanges;
        case "destroy":
            return (await stack.destroy({ onOutput })).summary.resourceChanges;
        default:
            throw new Error(`OP is one of preview, up, refresh and destroy, and not ${op}`);
    }
}

main().catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
