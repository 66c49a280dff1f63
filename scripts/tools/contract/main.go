// contract compares exchanges between the provider and the emulator, and the tables of the provider, with Ory's own
// description of its API. It prints the results, and fails if a difference is not listed.
//
// The validator is kin-openapi. This program also finds members and parameters that the description does
// not know, which the validator accepts.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	descriptionFile = flag.String("description", "", "Ory's `openapi.yaml`")
	kratosFile      = flag.String("kratos", "", "the `schema` of Ory Kratos' configuration")
	hydraFile       = flag.String("hydra", "", "the `schema` of Ory Hydra's configuration")
	listsFile       = flag.String("lists", "", "the `file` of what is not as described, each with its reason: tests/contract.yaml says how it is written")
	tracesDir       = flag.String("traces", "", "a `directory` of exchanges recorded with real servers: the evidence that it is the description that is wrong")
	exchangesFile   = flag.String("exchanges", "", "a `file` of exchanges with the emulator, one a line: src/emulator/exchanges.rs")
	tablesFile      = flag.String("tables", "", "a `file` of attributes, one a line: tests/it/contract.rs")
)

func main() {
	flag.Parse()
	if err := judge(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// provider is the provider's name for itself, with its full version.
var provider = regexp.MustCompile(`^janiform/\d+\.\d+\.\d+`)

func judge() error {
	d, err := read(*descriptionFile)
	if err != nil {
		return err
	}
	lists, err := load(*listsFile)
	if err != nil {
		return err
	}
	tables, doors, counted, err := loadTables(*tablesFile)
	if err != nil {
		return err
	}
	kratos, err := loadPublished(*kratosFile)
	if err != nil {
		return err
	}
	hydra, err := loadPublished(*hydraFile)
	if err != nil {
		return err
	}
	ours, real := newVerdict(), newVerdict()
	if err := each(*exchangesFile, func(line int, e *exchange) {
		// Requests of the tests themselves may be wrong on purpose.
		if provider.MatchString(e.Agent) {
			ours.judge(d, fmt.Sprintf("line %d", line), e)
		}
	}); err != nil {
		return err
	}
	if err := eachTrace(*tracesDir, func(name string, e *exchange) { real.judge(d, name, e) }); err != nil {
		return err
	}

	var r report
	lists.exchanges(d, doors, ours, real, &r)
	d.buckets(counted, ours.operations, &r)
	lists.settings(d, tables, map[string]*published{"identity": kratos, "oauth2": hydra}, &r)
	fmt.Printf("%s %s: %d requests and %d answers of %d operations and %d unpublished doors checked; %d faults of the description listed\n",
		d.doc.Info.Title, d.doc.Info.Version, ours.requests, ours.answers, len(ours.operations), len(doors), len(lists.Faults))
	for _, line := range r.figures {
		fmt.Println(line)
	}
	fmt.Printf("unknown: %d\n", len(r.wrong))
	for _, line := range r.wrong {
		fmt.Println("  " + line)
	}
	switch {
	case len(r.wrong) != 0:
		return fmt.Errorf("%d things are not as %s says, and are not in %s or are there for nothing", len(r.wrong), *descriptionFile, *listsFile)
	case ours.requests == 0 || len(tables) == 0:
		return fmt.Errorf("%s has no request of the provider's, or %s no attribute", *exchangesFile, *tablesFile)
	}
	return nil
}

// each passes on every line of a file.
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

// A trace is an exchange with a real server, in the form of tests/fixtures.
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

// eachTrace passes on every exchange in a directory.
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
