// The same program, driven by Pulumi's Automation API: no project on disk and no
// language plugin, only the `pulumi` command and its SDK.
//
//	OP=preview|up|refresh|destroy   what to do
//	STACK=dev                       which stack
//	WORK_DIR=…                      where the stack's settings are kept; a new
//	                                temporary directory without it
//
// Prints one line of JSON: what changed and what came out. Secrets are not shown.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

func automate(op string) {
	line, err := drive(context.Background(), op)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(line))
}

func drive(ctx context.Context, op string) ([]byte, error) {
	name := os.Getenv("STACK")
	if name == "" {
		name = "dev"
	}
	var options []auto.LocalWorkspaceOption
	if dir := os.Getenv("WORK_DIR"); dir != "" {
		options = append(options, auto.WorkDir(dir))
	}
	stack, err := auto.UpsertStackInlineSource(ctx, name, "ory-oauth2-clients", program, options...)
	if err != nil {
		return nil, err
	}
	changes, err := run(ctx, stack, op)
	if err != nil {
		return nil, err
	}
	outputs, err := stack.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	shown := map[string]any{}
	for name, output := range outputs {
		shown[name] = output.Value
		if output.Secret {
			shown[name] = "[secret]"
		}
	}
	return json.Marshal(map[string]any{"op": op, "changes": changes, "outputs": shown})
}

func run(ctx context.Context, stack auto.Stack, op string) (any, error) {
	switch op {
	case "preview":
		result, err := stack.Preview(ctx, optpreview.ProgressStreams(os.Stderr))
		return result.ChangeSummary, err
	case "up":
		result, err := stack.Up(ctx, optup.ProgressStreams(os.Stderr))
		return result.Summary.ResourceChanges, err
	case "refresh":
		result, err := stack.Refresh(ctx, optrefresh.ProgressStreams(os.Stderr))
		return result.Summary.ResourceChanges, err
	case "destroy":
		result, err := stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stderr))
		return result.Summary.ResourceChanges, err
	default:
		return nil, fmt.Errorf("OP is one of preview, up, refresh and destroy, and not %s", op)
	}
}
