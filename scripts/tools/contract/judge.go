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
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// An exchange, as the emulator writes it down.
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

// A fault is what an exchange has at some place, and the description rules out there.
type fault struct {
	// Side is `request` or `answer`.
	Side string
	// Place is where in the description: `oAuth2Client/contacts`, `listOAuth2Clients?page_size`.
	Place string
	// Rule is the keyword that is broken: `type`, `required`, `enum` and so on.
	Rule string
}

func (f fault) String() string { return fmt.Sprintf("%s %s: %s", f.Side, f.Place, f.Rule) }

// Verdict is all that was found out about a number of exchanges.
type verdict struct {
	requests, answers int
	// operations holds those that were carried out.
	operations map[string]bool
	// bodies holds the schemas of the requests' bodies, by place.
	bodies map[string]spot
	// sent holds the places of all members that requests had.
	sent map[string]bool
	// faults holds where each was seen.
	faults map[fault][]sighting
}

// A sighting is an exchange that has a fault.
type sighting struct{ name, what, why string }

func newVerdict() *verdict {
	return &verdict{operations: map[string]bool{}, bodies: map[string]spot{}, sent: map[string]bool{}, faults: map[fault][]sighting{}}
}

var options = &openapi3filter.Options{
	MultiError:                        true,
	IncludeResponseStatus:             true,
	SkipSettingDefaults:               true,
	RejectWhenRequestBodyNotSpecified: true,
	// Who may ask is for the server.
	AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122)),
	},
}

// judge holds an exchange against the description; name says which one it is.
func (v *verdict) judge(d *description, name string, e *exchange) {
	target := &url.URL{Scheme: "http", Host: "ory", RawPath: e.Path, RawQuery: e.Query}
	target.Path, _ = url.PathUnescape(e.Path)
	request := &http.Request{Method: e.Method, URL: target, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(e.Sent))}
	if e.SentType != "" {
		request.Header.Set("Content-Type", e.SentType)
	}
	add := func(side, place, rule, why string) {
		f := fault{side, place, rule}
		v.faults[f] = append(v.faults[f], sighting{name, fmt.Sprintf("%s %s, answered %d", e.Method, e.Path, e.Status), why})
	}
	v.requests++
	// A request that is refused is what the user asked for, and the server has judged it.
	refused := e.Status >= 400
	route, parameters, err := d.find(request)
	if err != nil {
		if !refused {
			add("request", e.Method+" "+e.Path, "path", err.Error())
		}
		return
	}
	operation := route.Operation
	id := operation.OperationID
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: options}
	body, hasBody := bodyOf(operation, e.SentType)
	if !refused {
		v.operations[id] = true
		for _, failure := range flatten(openapi3filter.ValidateRequest(context.Background(), input)) {
			place := spot{id, nil}
			if hasBody {
				place = body
			}
			add("request", failure.place(id, place), failure.rule, failure.why)
		}
		for parameter := range target.Query() {
			if !slices.ContainsFunc(parametersOf(route), func(p *openapi3.Parameter) bool { return p.In == "query" && p.Name == parameter }) {
				add("request", id+"?"+parameter, "unknown", "a parameter that the description does not know")
			}
		}
	}
	if hasBody {
		v.bodies[body.place] = body
		body.used(decode(e), v.sent, func(place string) {
			if !refused {
				add("request", place, "unknown", "a member that the description does not know")
			}
		})
	}
	v.answers++
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: e.Status, Header: http.Header{}, Options: options}
	answer.Header.Set("Content-Type", e.AnswerType)
	answer.SetBodyBytes([]byte(e.Answer))
	shape := answerOf(operation, e.Status, e.AnswerType)
	for _, failure := range flatten(openapi3filter.ValidateResponse(context.Background(), answer)) {
		add("answer", failure.place(id, shape), failure.rule, failure.why)
	}
}

// decode reads the body of a request: JSON, or a form.
func decode(e *exchange) any {
	var value any
	if json.Unmarshal([]byte(e.Sent), &value) == nil {
		return value
	}
	fields := map[string]any{}
	if form, err := url.ParseQuery(e.Sent); err == nil {
		for name, values := range form {
			fields[name] = values[0]
		}
	}
	return fields
}

func bodyOf(operation *openapi3.Operation, contentType string) (spot, bool) {
	if operation.RequestBody == nil {
		return spot{}, false
	}
	media := operation.RequestBody.Value.Content.Get(contentType)
	if media == nil || media.Schema == nil {
		return spot{}, false
	}
	return at(operation.OperationID, media.Schema), true
}

func answerOf(operation *openapi3.Operation, status int, contentType string) spot {
	response := operation.Responses.Status(status)
	place := fmt.Sprintf("%s %d", operation.OperationID, status)
	if response == nil {
		response, place = operation.Responses.Default(), operation.OperationID+" default"
	}
	if response != nil {
		if media := response.Value.Content.Get(contentType); media != nil && media.Schema != nil {
			return at(place, media.Schema)
		}
	}
	return spot{place, nil}
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

// A failure is one thing that the validator says.
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

// flatten takes what the validator says apart.
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
