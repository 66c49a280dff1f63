# What relationships can be in.
all = invoke("ory:index/getRelationshipNamespaces:getRelationshipNamespaces", {})
