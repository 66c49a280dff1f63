package main

import (
	"strings"
	"testing"
)

// pets is a description in the style of Ory's.
const pets = `
openapi: 3.0.3
info: {title: Pets, version: v1}
paths:
  /pets/{id}:
    get:
      operationId: getPet
      x-ory-ratelimit-bucket: pets-low
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: deep, in: query, schema: {type: boolean}}
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/pet"}}}}
        default: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/problem"}}}}
    put:
      operationId: setPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/pet"}}}}
      responses:
        "204": {description: ""}
        default: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/problem"}}}}
components:
  schemas:
    problem: {type: object, required: [message], properties: {message: {type: string}}}
    toy: {type: object, properties: {colour: {type: string, enum: [red, blue]}}}
    pet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        id: {type: string, format: uuid}
        born: {type: string, format: date-time}
        notes: {}
        toys: {type: array, items: {$ref: "#/components/schemas/toy"}}
`

func described(t *testing.T) *description {
	return must[*description](t)(read(written(t, "openapi.yaml", pets)))
}

func put(body string) exchange {
	return exchange{Method: "PUT", Path: "/pets/1", SentType: "application/json", Sent: body, Status: 204}
}

func get(body string) exchange {
	return exchange{Method: "GET", Path: "/pets/a%2Fb", Status: 200, AnswerType: "application/json", Answer: body}
}

func (e exchange) with(change func(*exchange)) exchange {
	change(&e)
	return e
}

func TestWhatIsNotAsDescribedIsAFault(t *testing.T) {
	d := described(t)
	for name, test := range map[string]struct {
		exchange exchange
		faults   string
	}{
		"good request":          {put(`{"name":"Rex","toys":[{"colour":"red"}],"notes":null}`), ""},
		"services of a project": {get(`{"name":7}`).with(func(e *exchange) { e.Path = "/p/shop/pets/1" }), "answer pet/name: type"},
		"good answer":           {get(`{"name":"Rex","id":"0d5e6c9e-8a5c-4b51-9d8c-5f0f7f8b1a11","born":"2020-01-01T00:00:00Z","notes":null}`), ""},
		"more in an answer":     {get(`{"name":"Rex","age":3}`), "answer pet/age: unknown"},
		"refused request":       {put(`{"nome":1}`).with(func(e *exchange) { e.Status, e.AnswerType, e.Answer = 400, "application/json", `{"message":"no"}` }), ""},
		"no such path":          {put(`{"name":"Rex"}`).with(func(e *exchange) { e.Path = "/pet" }), "request PUT /pet: path"},
		"no such method":        {put(`{"name":"Rex"}`).with(func(e *exchange) { e.Method = "POST" }), "request POST /pets/1: path"},
		"parameter's type":      {get(`{"name":"Rex"}`).with(func(e *exchange) { e.Query = "deep=2" }), "request getPet?deep: form"},
		"unknown parameter":     {get(`{"name":"Rex"}`).with(func(e *exchange) { e.Query = "deeep=true" }), "request getPet?deeep: unknown"},
		"no body":               {put(``), "request pet: form"},
		"body of another type":  {put(`name=Rex`).with(func(e *exchange) { e.SentType = "text/plain" }), "request setPet: content-type"},
		"missing member":        {put(`{}`), "request pet/name: required"},
		"null":                  {put(`{"name":null}`), "request pet/name: nullable"},
		"unknown member":        {put(`{"name":"Rex","toys":[{"color":"red"}]}`), "request toy/color: unknown"},
		"value, deep inside":    {put(`{"name":"Rex","toys":[{},{"colour":"green"}]}`), "request toy/colour: enum"},
		"answer's type":         {get(`{"name":7}`), "answer pet/name: type"},
		"answer's format":       {get(`{"name":"Rex","id":"7","born":"yesterday"}`), "answer pet/born: format, answer pet/id: format"},
		"answer to an error":    {get(`{}`).with(func(e *exchange) { e.Status = 404 }), "answer problem/message: required"},
		"answer in text":        {get(`no`).with(func(e *exchange) { e.Status, e.AnswerType = 404, "text/plain" }), "answer getPet default: content-type"},
	} {
		v := newVerdict()
		v.judge(d, name, &test.exchange)
		var faults []string
		for _, found := range sorted(v.faults) {
			faults = append(faults, found.String())
		}
		if got := strings.Join(faults, ", "); got != test.faults {
			t.Errorf("%s: got %q, want %q", name, got, test.faults)
		}
	}
}

// everything lists all that these two exchanges do not cover.
const everything = `
faults:
  - {side: answer, place: pet/name, rule: nullable, why: Strays have none., trace: v1.json a stray}
members:
  - {why: The server's own., names: [pet/id, pet/born, pet/notes, pet/toys]}
operations: []
`

func compared(t *testing.T, listed string, doors ...string) []string {
	lists := must[*lists](t)(load(written(t, "contract.yaml", listed)))
	d, ours, real := described(t), newVerdict(), newVerdict()
	feed := put("").with(func(e *exchange) { e.Path = "/p/shop/pets/0d5e6c9e-8a5c-4b51-9d8c-5f0f7f8b1a11/food" })
	for _, e := range []exchange{put(`{"name":"Rex"}`), get(`{"name":null}`), feed} {
		ours.judge(d, "line 1", &e)
	}
	stray := get(`{"name":null}`)
	real.judge(d, "v1.json a stray dog", &stray)
	var r report
	lists.exchanges(d, doors, ours, real, &r)
	return r.wrong
}

func TestAListIsExact(t *testing.T) {
	door := "PUT /pets/*/food"
	if report := strings.Join(compared(t, everything), "\n"); !strings.Contains(report, "request "+door+": path") {
		t.Errorf("a request of no operation: got %q", report)
	}
	if report := strings.Join(compared(t, everything, door, "PUT /pets/*/bed"), "\n"); !strings.HasPrefix(report, "PUT /pets/*/bed: is one of the unpublished") {
		t.Errorf("a door that nobody uses: got %q", report)
	}
	if report := compared(t, everything, door); len(report) != 0 {
		t.Errorf("all is listed, and still: %q", report)
	}
	for name, test := range map[string]struct{ old, new, says string }{
		"a fault that is not listed":   {"rule: nullable", "rule: type", "answer pet/name: nullable: Value is not nullable"},
		"a fault that is not there":    {"rule: nullable", "rule: type", "answer pet/name: type: is listed as a fault of the description, but nothing shows it"},
		"evidence that is none":        {"a stray", "a tame one", `does not show it: name one that does; a real server shows it in "v1.json a stray dog"`},
		"no evidence":                  {", trace: v1.json a stray", "", "evidence"},
		"no reason":                    {"why: Strays have none., ", "", "without a reason"},
		"a member that is new":         {", pet/toys", "", "pet/toys: of the members of requests' bodies, and not sent"},
		"a member that is sent":        {", pet/toys", ", pet/toys, pet/name", "pet/name: is listed as not sent, but is"},
		"a member that is not there":   {", pet/toys", ", pet/toys, pet/tail", "pet/tail: is listed, but is none of the members"},
		"an operation that is used":    {"operations: []", "operations: [{why: Odd., names: [getPet]}]", "getPet: is listed as not used, but is"},
		"an operation that is unknown": {"operations: []", "operations: [{why: Odd., names: [feedPet]}]", "feedPet: is listed, but is none of the operations"},
	} {
		report := strings.Join(compared(t, strings.Replace(everything, test.old, test.new, 1), door), "\n")
		if !strings.Contains(report, test.says) {
			t.Errorf("%s: got %q, want %q", name, report, test.says)
		}
	}
}

func TestBucketsAreThoseOfTheDescription(t *testing.T) {
	d, used := described(t), map[string]bool{"getPet": true, "setPet": true}
	for name, test := range map[string]struct {
		ours routes
		says string
	}{
		"the same":    {routes{"read /pets/*": "pets-low", "write /pets/*": "of no operation"}, ""},
		"another one": {routes{"read /pets/*": "pets-high"}, "GET /pets/{id}: is counted in pets-low, and src/ory/buckets.rs has it in pets-high"},
		"none":        {routes{"write /pets/*": "pets-low"}, "GET /pets/{id}: is counted in pets-low, and in no bucket"},
	} {
		var r report
		d.buckets(test.ours, used, &r)
		if report := strings.Join(r.wrong, "\n"); !strings.HasPrefix(report, test.says) || (test.says == "") != (report == "") {
			t.Errorf("%s: got %q, want %q", name, report, test.says)
		}
	}
	var r report
	if d.buckets(routes{}, map[string]bool{"setPet": true}, &r); len(r.wrong) != 0 {
		t.Errorf("an operation that is not used: got %q", r.wrong)
	}
}
