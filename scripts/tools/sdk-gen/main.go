// sdk-gen generates Pulumi's SDKs, and the programs that the documentation shows, with the generators
// that Pulumi's own language plugins are built from.
//
//	sdk-gen sdks SCHEMA OUT            one SDK per language, in OUT/<language>
//	sdk-gen programs SCHEMA FROM OUT   every FROM/**/program.pp in each language, in the same places below OUT
//
// A program.pp is in Pulumi's own language of programs (PCL), from which its generators write all others.
// The output depends only on the package schema and on these programs; nothing here
// knows a particular provider. A language's previous SDK is replaced as a whole.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	dotnet "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3/codegen"
	yaml "github.com/pulumi/pulumi-yaml/pkg/pulumiyaml/codegen"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	"github.com/hashicorp/hcl/v2"
)

const (
	tool   = "janiform"
	source = "program.pp"
)

// pulumi is the version of the generators, set by the build.
var pulumi string

type files = map[string][]byte

// required is the line with which a Go module requires Pulumi's SDK.
var required = regexp.MustCompile(`(github\.com/pulumi/pulumi/sdk/v3 )v[^\s]+`)

// A language that Pulumi has a generator for. Programs in YAML need no SDK.
type language struct {
	name    string
	sdk     func(only) (files, error)
	program func(*pcl.Program) (files, hcl.Diagnostics, error)
}

var languages = []language{
	{"nodejs", func(loader only) (files, error) {
		return nodejs.GeneratePackage(tool, loader.pkg, nil, nil, false, loader)
	}, nodejs.GenerateProgram},
	{"python", func(loader only) (files, error) {
		return python.GeneratePackage(tool, loader.pkg, nil, loader)
	}, python.GenerateProgram},
	{"go", func(loader only) (files, error) {
		made, err := golang.GeneratePackage(tool, loader.pkg, nil)
		// The generator requires an older version of Pulumi's SDK than its own.
		made["go.mod"] = required.ReplaceAll(made["go.mod"], []byte("${1}"+pulumi))
		return made, err
	}, golang.GenerateProgram},
	{"dotnet", func(loader only) (files, error) {
		http.DefaultTransport = logo{}
		return dotnet.GeneratePackage(tool, loader.pkg, nil, nil)
	}, dotnet.GenerateProgram},
	{"yaml", nil, yaml.GenerateProgram},
}

func main() {
	err := errors.New("usage: sdk-gen sdks SCHEMA OUT | sdk-gen programs SCHEMA FROM OUT")
	switch arguments := os.Args[1:]; {
	case len(arguments) == 3 && arguments[0] == "sdks":
		err = sdks(arguments[1], arguments[2])
	case len(arguments) == 4 && arguments[0] == "programs":
		err = programs(arguments[1], arguments[2], arguments[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func sdks(file, out string) error {
	for _, language := range languages {
		if language.sdk == nil {
			continue
		}
		// Each generator changes the package, so each gets a separate one.
		loader, err := load(file)
		if err != nil {
			return err
		}
		made, err := language.sdk(loader)
		if err != nil {
			return fmt.Errorf("the SDK for %s: %w", language.name, err)
		}
		dir := filepath.Join(out, language.name)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := write(dir, made); err != nil {
			return err
		}
	}
	return nil
}

func programs(file, from, out string) error {
	// Reading the schema takes longer than writing a program.
	loaders := map[string]only{}
	for _, language := range languages {
		loader, err := load(file)
		if err != nil {
			return err
		}
		loaders[language.name] = loader
	}
	return filepath.WalkDir(from, func(found string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Base(found) != source {
			return err
		}
		place, err := filepath.Rel(from, filepath.Dir(found))
		if err != nil {
			return err
		}
		for _, language := range languages {
			made, err := translate(loaders[language.name], found, language)
			if err != nil {
				return fmt.Errorf("%s for %s: %w", found, language.name, err)
			}
			if err := write(filepath.Join(out, place), made); err != nil {
				return err
			}
		}
		return nil
	})
}

// translate converts a program to another language. It starts from the text each time, since generators change their
// input; in the schema, they only record data that are the same each time.
func translate(loader only, found string, language language) (files, error) {
	text, err := os.Open(found)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	parser := syntax.NewParser()
	if err := all(parser.ParseFile(text, filepath.Base(found)), parser.Diagnostics); err != nil {
		return nil, err
	}
	program, diagnostics, err := pcl.BindProgram(parser.Files, loader)
	if err := all(err, diagnostics); err != nil {
		return nil, err
	}
	made, diagnostics, err := language.program(program)
	for name, content := range made {
		made[name] = amend(loader.pkg, content)
	}
	return made, all(err, diagnostics)
}

// lookup matches a call in Go of a function with the same name as the function that gets a resource.
var lookup = regexp.MustCompile(`\.Get(\w+\(ctx, &\w+\.Lookup)`)

// amend corrects two names in programs that the SDKs of the same generators spell differently: the Python
// package if only its functions are used, and such functions in Go.
func amend(pkg *schema.Package, program []byte) []byte {
	imported := []byte("import " + python.PyPack(pkg.Namespace, pkg.Name) + " ")
	program = bytes.ReplaceAll(program, []byte("import "+python.PyPack("", pkg.Name)+" "), imported)
	program = lookup.ReplaceAll(program, []byte(".Lookup$1"))
	for _, resource := range pkg.Resources {
		name := resource.Token[strings.LastIndex(resource.Token, ":")+1:]
		program = bytes.ReplaceAll(program, []byte(".Get"+name+"Output("), []byte(".Lookup"+name+"Output("))
		program = bytes.ReplaceAll(program, []byte(".Get"+name+"OutputArgs{"), []byte(".Lookup"+name+"OutputArgs{"))
	}
	return program
}

// load reads and binds a package schema. Every problem with it is an error, even one of style.
func load(file string) (only, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return only{}, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return only{}, fmt.Errorf("%s: %w", file, err)
	}
	pkg, diagnostics, err := schema.BindSpec(spec, only{}, schema.ValidationOptions{})
	if err := all(err, diagnostics); err != nil {
		return only{}, fmt.Errorf("%s: %w", file, err)
	}
	return only{pkg}, nil
}

// all turns diagnostics into an error: also warnings, since nobody would read them here.
func all(err error, diagnostics hcl.Diagnostics) error {
	if err == nil && len(diagnostics) != 0 {
		err = diagnostics
	}
	return err
}

// write puts files below a directory, each ending in one line break.
func write(dir string, made files) error {
	for name, content := range made {
		target := filepath.Join(dir, filepath.FromSlash(path.Clean(name)))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if !strings.HasSuffix(name, ".png") {
			content = append(bytes.TrimRight(content, "\n"), '\n')
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// logo answers every request with an empty picture. The generator for .NET fetches a logo, and a default
// one if the package has none; the output must not depend on a server.
type logo struct{}

func (logo) RoundTrip(*http.Request) (*http.Response, error) {
	var picture bytes.Buffer
	err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 64, 64)))
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(&picture)}, err
}
