package main

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// An attribute of a table: its place, and its allowed words, if there are any.
type attribute struct {
	Resource, Attribute, Place string
	Words                      []string
}

// compare records the words at a place that only one side knows, if both know some.
func (a attribute) compare(place string, words []string, odd map[string]bool) {
	if a.Words == nil || words == nil {
		return
	}
	for _, word := range slices.Concat(words, a.Words) {
		if !slices.Contains(a.Words, word) || !slices.Contains(words, word) {
			odd[place+" "+word] = true
		}
	}
}

// loadTables reads the output of tests/it/contract.rs: attributes, doors, and the routes of rate limit buckets. A door is a request
// that no description names, but that the provider sends: a method and a path, in which `*` stands for any one segment.
func loadTables(file string) (attributes []attribute, doors []string, counted routes, err error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, nil, nil, err
	}
	counted = routes{}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	for lines.Scan() {
		var line struct {
			attribute
			Door, Bucket string
			Route        string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, nil, nil, err
		}
		switch {
		case line.Door != "":
			doors = append(doors, line.Door)
		case line.Bucket != "":
			counted[line.Route] = line.Bucket
		default:
			attributes = append(attributes, line.attribute)
		}
	}
	return attributes, doors, counted, lines.Err()
}

// revision is the schema whose properties are the whole configuration of a project. It has no path.
const revision = "normalizedProjectRevision"

// services holds the place of each service in a project's document, by the prefix of its properties.
var services = map[string]string{
	"kratos_": "identity", "hydra_": "oauth2", "keto_": "permission", "account_experience_": "account_experience", "talos_": "talos",
}

var governs = regexp.MustCompile(`This governs the "([^"]+)" setting`)

// place is the place of a property in a project's document, according to its description; empty if that does not say it.
func (d *description) place(property string) string {
	named := governs.FindStringSubmatch(d.doc.Components.Schemas[revision].Value.Properties[property].Value.Description)
	if named == nil {
		return ""
	}
	for prefix, service := range services {
		if strings.HasPrefix(property, prefix) {
			return "services/" + service + "/config/" + strings.ReplaceAll(named[1], ".", "/")
		}
	}
	return ""
}

// properties finds the properties of a revision that are attributes, removes these attributes from the remaining ones,
// and records differing words.
func (d *description) properties(tables []attribute, moved map[string]string, left, odd map[string]bool, report func(string, ...any)) (there, attributes map[string]bool) {
	there, attributes = map[string]bool{}, map[string]bool{}
	ref := d.doc.Components.Schemas[revision]
	if ref == nil {
		return there, attributes
	}
	for name, property := range ref.Value.Properties {
		there[name] = true
		place, isMoved := moved[name]
		if !isMoved {
			place = d.place(name)
		} else if place == d.place(name) {
			report("%s: is listed as being at %s, and its text says so: take it off the list", name, place)
		}
		for _, a := range tables {
			if a.Place != place && a.Place != "normalized/"+name {
				continue
			}
			attributes[name] = true
			delete(left, a.Place)
			var words []string
			for _, word := range property.Value.Enum {
				if word, ok := word.(string); ok {
					words = append(words, word)
				}
			}
			a.compare(name, words, odd)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(moved)) {
		if !there[name] {
			report("%s: has a place in the list, but is not there (any more): take it off the list", name)
		}
	}
	return there, attributes
}

// A published schema is the schema of a service's configuration in its module.
type published struct{ schema *jsonschema.Schema }

// foreign replaces schemas of others that a schema refers to; none of them describes a project's configuration.
type foreign struct{}

func (foreign) Load(string) (any, error) { return true, nil }

func loadPublished(file string) (*published, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	document, err := jsonschema.UnmarshalJSON(opened)
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(foreign{})
	if err := compiler.AddResource("published.json", document); err != nil {
		return nil, err
	}
	schema, err := compiler.Compile("published.json")
	return &published{schema}, err
}

// at returns the schemas of a place in the configuration, if there are any.
func (p *published) at(place string) []*jsonschema.Schema {
	found := []*jsonschema.Schema{p.schema}
	for _, name := range strings.Split(place, "/") {
		var next []*jsonschema.Schema
		for _, schema := range found {
			for _, part := range parts(schema) {
				if property := part.Properties[name]; property != nil {
					next = append(next, property)
					continue
				}
				for pattern, property := range part.PatternProperties {
					if pattern.MatchString(name) {
						next = append(next, property)
					}
				}
				if more, ok := part.AdditionalProperties.(*jsonschema.Schema); ok {
					next = append(next, more)
				}
			}
		}
		found = next
	}
	return found
}

// words returns the allowed words of a value there, if there are any.
func (p *published) words(place string) []string {
	var words []string
	for _, schema := range p.at(place) {
		for _, part := range parts(schema) {
			if part.Enum != nil {
				for _, value := range part.Enum.Values {
					if word, ok := value.(string); ok {
						words = append(words, word)
					}
				}
			}
		}
	}
	return words
}

// parts lists the schema and all schemas that it combines.
func parts(schema *jsonschema.Schema) []*jsonschema.Schema {
	all := []*jsonschema.Schema{schema}
	for _, part := range slices.Concat([]*jsonschema.Schema{schema.Ref, schema.If, schema.Then, schema.Else}, schema.AllOf, schema.AnyOf, schema.OneOf) {
		if part != nil {
			all = append(all, parts(part)...)
		}
	}
	return all
}

// settings compares the attributes below a service's configuration with its published schema. It returns the places that
// the schema has and those that it lacks, and records differing words.
func (p *published) settings(below string, tables []attribute, odd map[string]bool) (known, unknown map[string]bool) {
	known, unknown = map[string]bool{}, map[string]bool{}
	for _, a := range tables {
		place, ok := strings.CutPrefix(a.Place, below)
		switch {
		case !ok:
		case len(p.at(place)) == 0:
			unknown[a.Place] = true
		default:
			known[a.Place] = true
			a.compare(a.Place, p.words(place), odd)
		}
	}
	return known, unknown
}
