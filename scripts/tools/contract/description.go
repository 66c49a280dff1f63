package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// A description of an API, and the way from a request to its operation.
type description struct {
	doc    *openapi3.T
	router routers.Router
}

// read loads a description. It does not check the examples in it.
func read(file string) (*description, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	// The paths are the same for every address of the server.
	doc.Servers = nil
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
		for _, operation := range item.Operations() {
			operation.Servers = nil
		}
	}
	// In OpenAPI 3.0 a schema without a type accepts null as well; the validator requires a declaration.
	for _, schema := range doc.Components.Schemas {
		untyped(schema, map[*openapi3.Schema]bool{})
	}
	router, err := gorillamux.NewRouter(doc)
	return &description{doc, router}, err
}

// untyped makes schemas without a type nullable, at any depth.
func untyped(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	if s.Type == nil && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf)+len(s.Enum) == 0 {
		s.Nullable = true
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf, openapi3.SchemaRefs{s.Items, s.AdditionalProperties.Schema}) {
		untyped(part, seen)
	}
	for _, part := range s.Properties {
		untyped(part, seen)
	}
}

// find returns the operation of a request, and the values of the parameters in its path.
func (d *description) find(request *http.Request) (*routers.Route, map[string]string, error) {
	route, parameters, err := d.router.FindRoute(request)
	if errors.Is(err, routers.ErrPathNotFound) || errors.Is(err, routers.ErrMethodNotAllowed) {
		return nil, nil, fmt.Errorf("no operation")
	}
	return route, parameters, err
}

// operations lists the ids of all operations.
func (d *description) operations() []string {
	var ids []string
	for _, item := range d.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			ids = append(ids, operation.OperationID)
		}
	}
	slices.Sort(ids)
	return ids
}

// A spot is a schema and its place in the description. The place begins with the name of the innermost schema that has
// one, so that it is the same for all operations that use that schema: `oAuth2Client/contacts/*`.
type spot struct {
	place  string
	schema *openapi3.Schema
}

func at(place string, ref *openapi3.SchemaRef) spot {
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		place = name
	}
	return spot{place, ref.Value}
}

// alternatives lists the schema and all schemas that it combines.
func (s spot) alternatives() []spot {
	all := []spot{s}
	for _, parts := range []openapi3.SchemaRefs{s.schema.AllOf, s.schema.OneOf, s.schema.AnyOf} {
		for _, part := range parts {
			all = append(all, at(s.place, part).alternatives()...)
		}
	}
	return all
}

// members lists the named members of an object.
func (s spot) members() map[string]spot {
	members := map[string]spot{}
	for _, part := range s.alternatives() {
		for name, ref := range part.schema.Properties {
			members[name] = within(part.place, name, ref)
		}
	}
	return members
}

// within is the spot of a member: its place is below the object's, even if its schema has its own name.
func within(place, name string, ref *openapi3.SchemaRef) spot {
	return spot{place + "/" + name, &openapi3.Schema{AllOf: openapi3.SchemaRefs{ref}}}
}

// elements is the schema of a list's elements, or of the members of an object with arbitrary members.
func (s spot) elements() (spot, bool) {
	for _, part := range s.alternatives() {
		ref := part.schema.Items
		if ref == nil {
			ref = part.schema.AdditionalProperties.Schema
		}
		if ref != nil {
			return at(part.place+"/*", ref), true
		}
	}
	return spot{}, false
}

// open reports whether an object may have members that the schema does not name.
func (s spot) open() bool {
	for _, part := range s.alternatives() {
		more := part.schema.AdditionalProperties
		if more.Schema != nil || more.Has != nil && *more.Has {
			return true
		}
	}
	return len(s.members()) == 0
}

// follow is the place of a JSON pointer into a value of this schema.
func (s spot) follow(pointer []string) string {
	if len(pointer) == 0 {
		return s.place
	}
	key, rest := pointer[0], pointer[1:]
	if next, ok := s.members()[key]; ok {
		return next.follow(rest)
	}
	if next, ok := s.elements(); ok {
		return next.follow(rest)
	}
	if _, err := strconv.Atoi(key); err == nil {
		key = "*"
	}
	return strings.Join(append([]string{s.place, key}, rest...), "/")
}

// names lists the places of all members, at any depth below members that were sent: it skips the contents of
// others.
func (s spot) names(into, sent map[string]bool) {
	for _, member := range s.members() {
		if !into[member.place] {
			into[member.place] = true
			if sent[member.place] {
				member.names(into, sent)
			}
		}
	}
	if inner, ok := s.elements(); ok {
		inner.names(into, sent)
	}
}

// used records the place of each member of a value; members that the schema neither names nor allows are passed to unknown.
func (s spot) used(value any, into map[string]bool, unknown func(place string)) {
	switch value := value.(type) {
	case []any:
		if inner, ok := s.elements(); ok {
			for _, element := range value {
				inner.used(element, into, unknown)
			}
		}
	case map[string]any:
		members := s.members()
		for name, value := range value {
			if member, ok := members[name]; ok {
				into[member.place] = true
				member.used(value, into, unknown)
			} else if inner, ok := s.elements(); ok {
				inner.used(value, into, unknown)
			} else if !s.open() {
				unknown(s.place + "/" + name)
			}
		}
	}
}
