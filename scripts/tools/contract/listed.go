package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Lists are what is not as the description has it, each with its reason.
type lists struct {
	Faults     []listedFault
	Members    []group
	Operations []group
}

// A listedFault is something that the description has wrong.
type listedFault struct {
	fault `yaml:",inline"`
	Why   string
	// Trace names an exchange with a real server that has it: a file and how the exchange's name begins.
	Trace string
	// Test names a test that shows it on a real server, where no trace does.
	Test string
}

// A group is names that share a reason.
type group struct {
	Why   string
	Names []string
}

func load(file string) (*lists, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all lists
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &all, nil
}

func count(groups []group) int {
	n := 0
	for _, group := range groups {
		n += len(group.Names)
	}
	return n
}

// compare names everything that is not as described and not listed, and what is listed for nothing.
func (l *lists) compare(d *description, ours, real *verdict) []string {
	var report []string
	say := func(format string, arguments ...any) { report = append(report, fmt.Sprintf(format, arguments...)) }

	known := map[fault]bool{}
	for _, listed := range l.Faults {
		known[listed.fault] = true
		if len(ours.faults[listed.fault]) == 0 {
			say("%v: is listed as a fault of the description, but nothing shows it any more: take it off the list", listed.fault)
		}
		if listed.Trace != "" && !slices.ContainsFunc(real.faults[listed.fault], func(seen sighting) bool { return strings.HasPrefix(seen.name, listed.Trace) }) {
			say("%v: the trace %q does not show it: name one that does%s", listed.fault, listed.Trace, examples(real.faults[listed.fault]))
		}
		if listed.Why == "" || (listed.Trace == "") == (listed.Test == "") {
			say("%v: is listed without a reason, or not with either a trace or a test as evidence", listed.fault)
		}
	}
	for _, found := range sorted(ours.faults) {
		if !known[found] {
			first := ours.faults[found][0]
			say("%v: %s (%s, %s). The provider or the emulator is wrong; or the description is, then list it with the evidence%s",
				found, first.why, first.what, first.name, examples(real.faults[found]))
		}
	}

	members := map[string]bool{}
	for _, body := range ours.bodies {
		body.names(members, ours.sent)
	}
	unaccounted(l.Members, members, ours.sent, say, "a member of a request", "sent")
	operations := map[string]bool{}
	for _, id := range d.operations() {
		operations[id] = true
	}
	unaccounted(l.Operations, operations, ours.operations, say, "an operation", "used")
	return report
}

// unaccounted names what there is and neither met nor listed, and what is listed for nothing.
func unaccounted(groups []group, there, met map[string]bool, say func(string, ...any), kind, how string) {
	listed := map[string]bool{}
	for _, group := range groups {
		for _, name := range group.Names {
			switch {
			case !there[name]:
				say("%s: is listed, but is not %s of the description (any more): take it off the list", name, kind)
			case met[name]:
				say("%s: is listed as not %s, but is: take it off the list", name, how)
			case listed[name]:
				say("%s: is listed twice", name)
			}
			listed[name] = true
		}
		if group.Why == "" {
			say("%q: are listed without a reason", group.Names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if !met[name] && !listed[name] {
			say("%s: %s that is never %s. Make it an attribute, and test it; or list it with the reason why not", name, kind, how)
		}
	}
}

// examples names real exchanges that show the same.
func examples(seen []sighting) string {
	if len(seen) == 0 {
		return ""
	}
	return fmt.Sprintf("; a real server shows it in %q", seen[0].name)
}
