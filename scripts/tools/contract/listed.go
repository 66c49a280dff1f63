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

// Lists are the known differences from the description, each with its reason.
type lists struct {
	Faults     []listedFault
	Members    []group
	Operations []group
	Properties []group
	Settings   []group
	Words      []group
	Attributes []group
	// Places are the places of a revision's properties in a project's document, if their texts do not say them.
	Places map[string]string
}

// A listedFault is an error of the description.
type listedFault struct {
	fault `yaml:",inline"`
	Why   string
	// Trace names an exchange with a real server that shows it: a file and the beginning of the exchange's name.
	Trace string
	// Test names a test that shows it on a real server, if no trace does.
	Test string
	// Seen says who has seen it, if no test can show it: on Ory Network.
	Seen string
}

// A group is a set of names with the same reason.
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

// A report is the result: figures and errors.
type report struct{ figures, wrong []string }

func (r *report) say(format string, arguments ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, arguments...))
}

// exchanges compares the requests and answers with the lists.
func (l *lists) exchanges(d *description, doors []string, ours, real *verdict, r *report) {
	known := map[fault]bool{}
	for _, door := range doors {
		known[fault{"request", door, "path"}] = true
		if !ours.doors[door] {
			r.say("%s: is one of the unpublished doors of the provider, and no test has gone through it; or Ory has published it, then take it off their list", door)
		}
	}
	for _, listed := range l.Faults {
		known[listed.fault] = true
		if len(ours.faults[listed.fault]) == 0 {
			r.say("%v: is listed as a fault of the description, but nothing shows it any more: take it off the list", listed.fault)
		}
		shows := func(seen sighting) bool { return strings.HasPrefix(seen.name, listed.Trace) }
		if listed.Trace != "" && !slices.ContainsFunc(real.faults[listed.fault], shows) {
			r.say("%v: the trace %q does not show it: name one that does%s", listed.fault, listed.Trace, example(real.faults[listed.fault]))
		}
		if listed.Why == "" || listed.Trace == "" && listed.Test == "" && listed.Seen == "" {
			r.say("%v: is listed without a reason, or without evidence: a trace, a test, or who has seen it", listed.fault)
		}
	}
	for _, found := range sorted(ours.faults) {
		if !known[found] {
			first := ours.faults[found][0]
			r.say("%v: %s (%s, %s). The provider or the emulator is wrong; or the description is, then list it with the evidence%s",
				found, first.why, first.what, first.name, example(real.faults[found]))
		}
	}

	members, operations := map[string]bool{}, map[string]bool{}
	for _, body := range ours.bodies {
		body.names(members, ours.sent)
	}
	for _, id := range d.operations() {
		operations[id] = true
	}
	r.compare("members of requests' bodies", "sent", members, ours.sent, l.Members, "Make it an attribute, and test it")
	r.compare("operations", "used", operations, ours.operations, l.Operations, "Make a resource or a data source of it")
}

// settings compares the tables with the lists: with the configuration of a project in the description, and with the
// schemas that the services publish.
func (l *lists) settings(d *description, tables []attribute, services map[string]*published, r *report) {
	places, met, odd, left := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range tables {
		if strings.HasPrefix(a.Place, "services/") || strings.HasPrefix(a.Place, "normalized/") {
			left[a.Place] = true
		}
	}
	there, attributes := d.properties(tables, l.Places, left, odd, r.say)
	for service, published := range services {
		known, unknown := published.settings("services/"+service+"/config/", tables, odd)
		maps.Copy(met, known)
		maps.Copy(places, known)
		maps.Copy(places, unknown)
	}
	r.compare("properties of "+revision, "an attribute", there, attributes, l.Properties, "Make it one; if its text does not say where it is, say so under `places`")
	r.compare("places of attributes that are no property of "+revision, "one", left, nil, l.Attributes, "Ory may have taken it away")
	r.compare("places in the configuration of Kratos and Hydra", "in their published schemas", places, met, l.Settings, "Is it spelled rightly?")
	r.compare("words that only the attribute or only the description or the published schema knows", "known to both", odd, nil, l.Words, "Correct the attribute")
}

// compare reports differences that are not listed, and entries of the list without a difference.
func (r *report) compare(kind, how string, there, met map[string]bool, groups []group, advice string) {
	listed := map[string]bool{}
	for _, group := range groups {
		for _, name := range group.Names {
			switch {
			case !there[name]:
				r.say("%s: is listed, but is none of the %s (any more): take it off the list", name, kind)
			case met[name]:
				r.say("%s: is listed as not %s, but is: take it off the list", name, how)
			case listed[name]:
				r.say("%s: is listed twice", name)
			}
			listed[name] = true
		}
		if group.Why == "" {
			r.say("%q: are listed without a reason", group.Names)
		}
	}
	covered, unknown := 0, 0
	for _, name := range slices.Sorted(maps.Keys(there)) {
		switch {
		case met[name]:
			covered++
		case !listed[name]:
			unknown++
			r.say("%s: of the %s, and not %s. %s; or list it with the reason why not", name, kind, how, advice)
		}
	}
	r.figures = append(r.figures, fmt.Sprintf("%s: %d, %s %d, listed with a reason %d, unknown %d", kind, len(there), how, covered, len(listed), unknown))
}

// example names a real exchange that shows the same.
func example(seen []sighting) string {
	if len(seen) == 0 {
		return ""
	}
	return fmt.Sprintf("; a real server shows it in %q", seen[0].name)
}
