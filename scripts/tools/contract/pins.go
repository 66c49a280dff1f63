//go:build pins

package main

// Nothing of it is compiled: it has Ory's description, and the import keeps its pin in go.mod.
import _ "github.com/ory/client-go"
