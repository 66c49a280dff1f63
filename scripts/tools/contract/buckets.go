package main

import (
	"regexp"
)

// routes holds the rate limit bucket of each route: `read` or `write` and a path, in which `*` stands for any one segment.
type routes map[string]string

var inBraces = regexp.MustCompile(`\{[^}]*\}`)

// buckets compares the provider's buckets with those of the operations that it uses.
func (d *description) buckets(ours routes, used map[string]bool, r *report) {
	for path, item := range d.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			described, _ := operation.Extensions["x-ory-ratelimit-bucket"].(string)
			if described == "" || !used[operation.OperationID] {
				continue
			}
			access := "write"
			if method == "GET" || method == "HEAD" {
				access = "read"
			}
			switch bucket := ours[access+" "+inBraces.ReplaceAllString(path, "*")]; bucket {
			case described:
			case "":
				r.say("%s %s: is counted in %s, and in no bucket of src/ory/buckets.rs", method, path, described)
			default:
				r.say("%s %s: is counted in %s, and src/ory/buckets.rs has it in %s", method, path, described, bucket)
			}
		}
	}
}
