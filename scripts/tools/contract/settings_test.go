package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const project = `
openapi: 3.0.3
info: {title: Project, version: v1}
paths: {}
components:
  schemas:
    normalizedProjectRevision:
      type: object
      properties:
        id: {type: string}
        hydra_strategies_scope:
          {type: string, enum: [exact, wildcard], description: 'How scopes match. This governs the "strategies.scope" setting.'}
        kratos_after_login: {type: string, description: 'This governs the "flows.login.return_to" setting.'}
        kratos_mfa: {type: boolean, description: 'This governs the "mfa" setting.'}
        strict: {type: boolean}
        serve_cors: {type: boolean, description: 'This governs the "serve.cors" setting.'}
`

const hydraSchema = `{
  "properties": {"strategies": {"$ref": "#/definitions/strategies"}},
  "definitions": {"strategies": {"properties": {"scope": {"enum": ["exact", "wildcard"]}}}}
}`

const kratosSchema = `{
  "$ref": "#/definitions/all",
  "definitions": {
    "all": {"properties": {"flows": {"additionalProperties": {"allOf": [{"properties": {"return_to": {"$ref": "ory://url"}}}]}}}}
  }
}`

const ourTables = `{"resource":"config","attribute":"scope","place":"services/oauth2/config/strategies/scope","words":["exact","wildcard"]}
{"resource":"config","attribute":"after_login","place":"services/identity/config/flows/login/return_to","words":null}
{"resource":"config","attribute":"mfa","place":"services/identity/config/mfa","words":null}
{"resource":"config","attribute":"strict","place":"normalized/strict","words":null}
{"resource":"config","attribute":"cors","place":"cors/enabled","words":null}
`

const ourLists = `
properties: [{why: It says which revision., names: [id]}]
places: {serve_cors: cors/enabled}
settings: [{why: Of the network alone., names: [services/identity/config/mfa]}]
`

func written(t *testing.T, name, text string) string {
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func held(t *testing.T, api, tables, listed string) []string {
	attributes, _, _, err := loadTables(written(t, "tables", tables))
	if err != nil {
		t.Fatal(err)
	}
	var r report
	must[*lists](t)(load(written(t, "lists.yaml", listed))).settings(
		must[*description](t)(read(written(t, "openapi.yaml", api))),
		attributes,
		map[string]*published{
			"oauth2":   must[*published](t)(loadPublished(written(t, "hydra.json", hydraSchema))),
			"identity": must[*published](t)(loadPublished(written(t, "kratos.json", kratosSchema))),
		}, &r)
	return r.wrong
}

func TestTablesAreAsDescribed(t *testing.T) {
	if wrong := held(t, project, ourTables, ourLists); len(wrong) != 0 {
		t.Errorf("all is as described or listed, and still: %q", wrong)
	}
	for name, test := range map[string]struct{ old, new, says string }{
		"a property that is new":       {"        id:", "        kratos_new: {description: 'This governs the \"new\" setting.'}\n        id:", "kratos_new: of the properties"},
		"a word that is new":           {"enum: [exact, wildcard]", "enum: [exact, wildcard, glob]", "hydra_strategies_scope glob: of the words"},
		"a word of ours":               {`"words":["exact","wildcard"]`, `"words":["exact","wildcard","regex"]`, "strategies/scope regex: of the words"},
		"an attribute elsewhere":       {"config/flows/login/return_to", "config/flows/login/returns_to", "kratos_after_login: of the properties"},
		"and not in the schema":        {"config/flows/login/return_to", "config/flows/login/returns_to", "flows/login/returns_to: of the places"},
		"a property that is gone":      {"        strict: {type: boolean}\n", "", "normalized/strict: of the places of attributes"},
		"a property that is none":      {"names: [id]", "names: [id, nope]", "nope: is listed, but is none of the properties"},
		"a property that is covered":   {"names: [id]", "names: [id, strict]", "strict: is listed as not an attribute, but is"},
		"a place that the text has":    {"{serve_cors:", "{kratos_mfa: services/identity/config/mfa, serve_cors:", "kratos_mfa: is listed as being at"},
		"a place of nothing":           {"{serve_cors:", "{nope: x, serve_cors:", "nope: has a place in the list"},
		"a setting that is there":      {"names: [services/identity/config/mfa]", "names: [services/identity/config/mfa, services/oauth2/config/strategies/scope]", "strategies/scope: is listed as not in"},
		"the place of a moved setting": {"places: {serve_cors: cors/enabled}", "", "serve_cors: of the properties"},
	} {
		change := func(text string) string { return strings.Replace(text, test.old, test.new, 1) }
		wrong := strings.Join(held(t, change(project), change(ourTables), change(ourLists)), "\n")
		if !strings.Contains(wrong, test.says) {
			t.Errorf("%s: got %q, want %q", name, wrong, test.says)
		}
	}
}
