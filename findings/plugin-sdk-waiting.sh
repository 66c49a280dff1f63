#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-sdk/v2 2.40.1: a poll interval of three minutes is one of milliseconds, and "three times in a row" is three times.
#
# Guess: StateChangeConf with a PollInterval asks once in that time, whatever is waited for; and a ContinuousTargetOccurence of 3 is
#        reached when the target was seen three times and nothing else in between, as its comment has it.
# Seen:  an interval of three minutes or more is passed over, and it asks again after 0.2 seconds, then 0.4, and so on; one of 179
#        seconds is kept. When it waits until something is gone, no interval holds: it asks ten times in a second.
#        And the count is not set back by "not found", nor by any state at all when Pending is empty: a resource that
#        comes and goes, as it does behind caches, is there "three times in a row".
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program wait github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
)

// Waits with what is seen each time, the last one again and again, and shows what was asked for in the first three seconds, and
// whether the waits were of under a second.
func wait(conf retry.StateChangeConf, seen string) {
	states, asked, begin := strings.Fields(seen), []string{}, time.Now()
	fast := true
	conf.Timeout = time.Minute
	conf.Refresh = func() (any, string, error) {
		state := states[min(len(asked), len(states)-1)]
		asked = append(asked, state)
		fast = time.Since(begin) < time.Second*time.Duration(len(asked))/2
		if state == "gone" {
			return nil, "", nil
		}
		return state, state, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_, err := conf.WaitForStateContext(ctx)
	end := "reached"
	if err != nil {
		end = "not reached in 3 seconds"
	}
	shown := ""
	if len(asked) > 1 && fast {
		shown = ", less than half a second apart"
	} else if len(asked) > 1 {
		shown = ", about a second apart"
	}
	fmt.Printf("Pending %q, Target %q, PollInterval %v, ContinuousTargetOccurence %d: %s%s, %s\n",
		conf.Pending, conf.Target, conf.PollInterval, conf.ContinuousTargetOccurence, strings.Join(asked, " "), shown, end)
}

func main() {
	log.SetOutput(io.Discard)
	pending, target := []string{"new"}, []string{"up"}
	wait(retry.StateChangeConf{Pending: pending, Target: target, PollInterval: time.Second}, "new new up")
	wait(retry.StateChangeConf{Pending: pending, Target: target, PollInterval: 179 * time.Second}, "new new up")
	wait(retry.StateChangeConf{Pending: pending, Target: target, PollInterval: 180 * time.Second}, "new new up")
	wait(retry.StateChangeConf{Pending: pending, PollInterval: time.Second, ContinuousTargetOccurence: 3}, "gone")
	short := 100 * time.Millisecond
	wait(retry.StateChangeConf{Pending: pending, Target: target, PollInterval: short, ContinuousTargetOccurence: 3}, "up new up new up up up")
	wait(retry.StateChangeConf{Pending: pending, Target: target, PollInterval: short, ContinuousTargetOccurence: 3}, "up gone up gone up gone")
	wait(retry.StateChangeConf{Target: target, PollInterval: short, ContinuousTargetOccurence: 3}, "up new up new up new")
}
GO
expect "$(./wait)" <<'WANTED'
Pending ["new"], Target ["up"], PollInterval 1s, ContinuousTargetOccurence 1: new new up, about a second apart, reached
Pending ["new"], Target ["up"], PollInterval 2m59s, ContinuousTargetOccurence 1: new, not reached in 3 seconds
Pending ["new"], Target ["up"], PollInterval 3m0s, ContinuousTargetOccurence 1: new new up, less than half a second apart, reached
Pending ["new"], Target [], PollInterval 1s, ContinuousTargetOccurence 3: gone gone gone, less than half a second apart, reached
Pending ["new"], Target ["up"], PollInterval 100ms, ContinuousTargetOccurence 3: up new up new up up up, less than half a second apart, reached
Pending ["new"], Target ["up"], PollInterval 100ms, ContinuousTargetOccurence 3: up gone up gone up, less than half a second apart, reached
Pending [], Target ["up"], PollInterval 100ms, ContinuousTargetOccurence 3: up new up new up, less than half a second apart, reached
WANTED
