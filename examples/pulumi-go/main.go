package main

import (
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// With OP set, the Automation API drives the program (see automation.go); without it, `pulumi up` does.
func main() {
	if op, driven := os.LookupEnv("OP"); driven {
		automate(op)
		return
	}
	pulumi.Run(program)
}
