errors = invoke("ory:index/oplErrors:oplErrors", "class User implements Namespace {}")
