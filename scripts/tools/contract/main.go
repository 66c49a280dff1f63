// contract holds exchanges between our provider and the emulator against Ory's own description of its API.
//
//	contract judge DESCRIPTION LISTED TRACES EXCHANGES   all of it; fails where something is neither right nor listed
//	contract names DESCRIPTION SCHEMA                    the places of all members of a schema, one a line
//
// DESCRIPTION is Ory's openapi.yaml. LISTED is a file of exceptions with their reasons (tests/contract.yaml says how it
// is written). TRACES is a directory of exchanges recorded with real servers, which are the evidence that it is the
// description that is wrong. EXCHANGES has those of the emulator, one a line (src/emulator/exchanges.rs).
//
// The validator is kin-openapi. What it lets pass and we do not is here: a member or a parameter that the
// description does not know.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	err := errors.New("usage: contract judge DESCRIPTION LISTED TRACES EXCHANGES | contract names DESCRIPTION SCHEMA")
	switch arguments := os.Args[1:]; {
	case len(arguments) == 5 && arguments[0] == "judge":
		err = judge(arguments[1], arguments[2], arguments[3], arguments[4])
	case len(arguments) == 3 && arguments[0] == "names":
		err = names(arguments[1], arguments[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func names(file, schema string) error {
	d, err := read(file)
	if err != nil {
		return err
	}
	ref, ok := d.doc.Components.Schemas[schema]
	if !ok {
		return fmt.Errorf("%s has no schema %s", file, schema)
	}
	for _, name := range slices.Sorted(maps.Keys(at(schema, ref).members())) {
		fmt.Println(name)
	}
	return nil
}

// provider is how the provider names itself: with the whole of its version.
var provider = regexp.MustCompile(`^janiform/\d+\.\d+\.\d+`)

func judge(file, listed, traces, exchanges string) error {
	d, err := read(file)
	if err != nil {
		return err
	}
	lists, err := load(listed)
	if err != nil {
		return err
	}
	ours, real := newVerdict(), newVerdict()
	if err := each(exchanges, func(line int, e *exchange) {
		// What tests send by themselves may be odd on purpose.
		if provider.MatchString(e.Agent) {
			ours.judge(d, fmt.Sprintf("line %d", line), e)
		}
	}); err != nil {
		return err
	}
	if err := eachTrace(traces, func(name string, e *exchange) { real.judge(d, name, e) }); err != nil {
		return err
	}
	report := lists.compare(d, ours, real)
	fmt.Printf("%s %s: %d requests and %d answers of %d operations checked; listed: %d faults of the description, "+
		"%d members that are not sent, %d operations that are not used; sent: %d members; unknown: %d\n",
		d.doc.Info.Title, d.doc.Info.Version, ours.requests, ours.answers, len(ours.operations),
		len(lists.Faults), count(lists.Members), count(lists.Operations), len(ours.sent), len(report))
	for _, line := range report {
		fmt.Println("  " + line)
	}
	switch {
	case len(report) != 0:
		return fmt.Errorf("%d things are neither as %s has them nor in %s, or are there for nothing", len(report), file, listed)
	case ours.requests == 0:
		return fmt.Errorf("%s has no request of the provider's", exchanges)
	}
	return nil
}

// each hands on every line of a file.
func each(file string, hand func(int, *exchange)) error {
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 1<<28)
	for line := 1; lines.Scan(); line++ {
		var e exchange
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
		hand(line, &e)
	}
	return lines.Err()
}

// A trace is an exchange with a real server, as tests/fixtures has it.
type trace struct {
	Name    string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         json.RawMessage
		RawBody      string `json:"raw_body"`
	}
	Response struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
		RawBody string `json:"raw_body"`
	}
}

// eachTrace hands on every exchange of a directory.
func eachTrace(dir string, hand func(string, *exchange)) error {
	return filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".json" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var all []trace
		if err := json.Unmarshal(text, &all); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		place, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		for _, t := range all {
			sent, answer := cmp.Or(string(t.Request.Body), t.Request.RawBody), cmp.Or(string(t.Response.Body), t.Response.RawBody)
			path, query, _ := strings.Cut(t.Request.Path, "?")
			hand(place+" "+t.Name, &exchange{
				Method: t.Request.Method, Path: path, Query: query, SentType: t.Request.Headers["Content-Type"], Sent: sent,
				Status: t.Response.Status, AnswerType: t.Response.Headers["Content-Type"], Answer: answer,
			})
		}
		return nil
	})
}
