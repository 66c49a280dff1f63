package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// An exchange, in the form in which the emulator writes it.
type exchange struct {
	Agent      string
	Method     string
	Path       string
	Query      string
	SentType   string `json:"sent_type"`
	Sent       string
	Status     int
	AnswerType string `json:"answer_type"`
	Answer     string
}

// A fault is a part of an exchange that the description does not allow at its place.
type fault struct {
	// Side is `request` or `answer`.
	Side string
	// Place is the place in the description: `oAuth2Client/contacts`, `listOAuth2Clients?page_size`.
	Place string
	// Rule is the keyword that is broken: `type`, `required`, `enum` and so on.
	Rule string
}

func (f fault) String() string { return fmt.Sprintf("%s %s: %s", f.Side, f.Place, f.Rule) }

// Verdict is the result for a number of exchanges.
type verdict struct {
	requests, answers int
	// operations holds the operations that were carried out, and doors the requests that were carried out without an operation.
	operations, doors map[string]bool
	// bodies holds the schemas of the requests' bodies, by place.
	bodies map[string]spot
	// sent holds the places of all members that requests had.
	sent map[string]bool
	// faults holds the exchanges with each fault.
	faults map[fault][]sighting
}

// A sighting is an exchange that has a fault.
type sighting struct{ name, what, why string }

func newVerdict() *verdict {
	return &verdict{operations: map[string]bool{}, doors: map[string]bool{}, bodies: map[string]spot{}, sent: map[string]bool{}, faults: map[fault][]sighting{}}
}

var uuid = openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122)

var options = &openapi3filter.Options{
	MultiError:                        true,
	IncludeResponseStatus:             true,
	SkipSettingDefaults:               true,
	RejectWhenRequestBodyNotSpecified: true,
	// The server decides who has access.
	AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidator("uuid", uuid), openapi3.WithStringFormatValidator("uuid4", uuid),
	},
}

// judge compares an exchange with the description; name identifies the exchange.
func (v *verdict) judge(d *description, name string, e *exchange) {
	add := func(side, place, rule, why string) {
		f := fault{side, place, rule}
		v.faults[f] = append(v.faults[f], sighting{name, fmt.Sprintf("%s %s, answered %d", e.Method, e.Path, e.Status), why})
	}
	target := &url.URL{Scheme: "http", Host: "ory", RawPath: ownServices.ReplaceAllString(e.Path, ""), RawQuery: e.Query}
	target.Path, _ = url.PathUnescape(target.RawPath)
	request := &http.Request{Method: e.Method, URL: target, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(e.Sent))}
	if e.SentType != "" {
		request.Header.Set("Content-Type", e.SentType)
	}
	v.requests++
	route, parameters, err := d.find(request)
	if err != nil {
		if !e.refused() {
			v.doors[e.door()] = true
			add("request", e.door(), "path", err.Error())
		}
		return
	}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: options}
	v.judgeRequest(input, e, func(place, rule, why string) { add("request", place, rule, why) })
	v.judgeAnswer(input, e, func(place, rule, why string) { add("answer", place, rule, why) })
}

// ownServices is the path of the services of one project in the emulator. In Ory Network, each project has its own host.
var ownServices = regexp.MustCompile(`^/p/[^/]+`)

// ids matches ids of Ory's own choice in a path.
var ids = regexp.MustCompile(`/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// door is the request without the ids in its path.
func (e *exchange) door() string {
	return e.Method + " " + ids.ReplaceAllString(ownServices.ReplaceAllString(e.Path, ""), "/*")
}

// refused reports whether the server did not carry out the request. Then the request comes from a user, and the server
// has checked it.
func (e *exchange) refused() bool { return e.Status >= 400 }

func (v *verdict) judgeRequest(input *openapi3filter.RequestValidationInput, e *exchange, add func(place, rule, why string)) {
	operation := input.Route.Operation
	body := bodyOf(operation, e.SentType)
	if body.schema != nil {
		v.bodies[body.place] = body
		body.used(decode(e.Sent), v.sent, func(place string) {
			if !e.refused() {
				add(place, "unknown", "a member that the description does not know")
			}
		})
	}
	if e.refused() {
		return
	}
	v.operations[operation.OperationID] = true
	for _, failure := range flatten(openapi3filter.ValidateRequest(context.Background(), input)) {
		add(failure.place(operation.OperationID, body), failure.rule, failure.why)
	}
	for name := range input.GetQueryParams() {
		if !slices.ContainsFunc(parametersOf(input.Route), func(p *openapi3.Parameter) bool { return p.In == "query" && p.Name == name }) {
			add(operation.OperationID+"?"+name, "unknown", "a parameter that the description does not know")
		}
	}
}

func (v *verdict) judgeAnswer(input *openapi3filter.RequestValidationInput, e *exchange, add func(place, rule, why string)) {
	v.answers++
	operation := input.Route.Operation
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: e.Status, Header: http.Header{}, Options: options}
	answer.Header.Set("Content-Type", e.AnswerType)
	answer.SetBodyBytes([]byte(e.Answer))
	body := answerOf(operation, e.Status, e.AnswerType)
	for _, failure := range flatten(openapi3filter.ValidateResponse(context.Background(), answer)) {
		add(failure.place(operation.OperationID, body), failure.rule, failure.why)
	}
	if body.schema != nil {
		body.used(decode(e.Answer), map[string]bool{}, func(place string) {
			add(place, "unknown", "a member that the description does not know")
		})
	}
}

// decode reads a body: JSON, or a form.
func decode(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) == nil {
		return value
	}
	fields := map[string]any{}
	if form, err := url.ParseQuery(text); err == nil {
		for name, values := range form {
			fields[name] = values[0]
		}
	}
	return fields
}

// bodyOf is the description of a request's body; it has no schema if there must be no body.
func bodyOf(operation *openapi3.Operation, contentType string) spot {
	if operation.RequestBody == nil {
		return spot{place: operation.OperationID}
	}
	return contentOf(operation.OperationID, operation.RequestBody.Value.Content, contentType)
}

// answerOf is the same for an answer.
func answerOf(operation *openapi3.Operation, status int, contentType string) spot {
	if response := operation.Responses.Status(status); response != nil {
		return contentOf(fmt.Sprintf("%s %d", operation.OperationID, status), response.Value.Content, contentType)
	}
	place := operation.OperationID + " default"
	if response := operation.Responses.Default(); response != nil {
		return contentOf(place, response.Value.Content, contentType)
	}
	return spot{place: place}
}

func contentOf(place string, content openapi3.Content, contentType string) spot {
	if media := content.Get(contentType); media != nil && media.Schema != nil {
		return at(place, media.Schema)
	}
	return spot{place: place}
}

func parametersOf(route *routers.Route) []*openapi3.Parameter {
	var all []*openapi3.Parameter
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, ref := range list {
			all = append(all, ref.Value)
		}
	}
	return all
}

// A failure is one error of the validator.
type failure struct {
	parameter, rule, why string
	pointer              []string
}

func (f failure) place(id string, body spot) string {
	switch {
	case f.parameter != "":
		return id + "?" + f.parameter
	case body.schema == nil:
		return body.place
	}
	return body.follow(f.pointer)
}

// flatten splits the validator's errors.
func flatten(err error) []failure {
	if err == nil {
		return nil
	}
	var all []failure
	if many, ok := err.(openapi3.MultiError); ok {
		for _, one := range many {
			all = append(all, flatten(one)...)
		}
		return all
	}
	var (
		requestError  *openapi3filter.RequestError
		responseError *openapi3filter.ResponseError
		schemaError   *openapi3.SchemaError
	)
	switch {
	case errors.As(err, &requestError) && requestError.Err != nil:
		all = flatten(requestError.Err)
		if requestError.Parameter != nil {
			for i := range all {
				all[i].parameter = requestError.Parameter.Name
			}
		}
		return all
	case errors.As(err, &responseError) && responseError.Err != nil:
		return flatten(responseError.Err)
	case errors.As(err, &schemaError):
		return []failure{{rule: schemaError.SchemaField, why: schemaError.Reason, pointer: schemaError.JSONPointer()}}
	}
	if strings.Contains(err.Error(), "Content-Type") {
		return []failure{{rule: "content-type", why: err.Error()}}
	}
	return []failure{{rule: "form", why: err.Error()}}
}

func sorted(m map[fault][]sighting) []fault {
	return slices.SortedFunc(maps.Keys(m), func(a, b fault) int { return strings.Compare(a.String(), b.String()) })
}
