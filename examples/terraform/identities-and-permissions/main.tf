# Two people, a group, and what its members may do.
#
# The provider is configured by the environment: ORY_KRATOS_ADMIN_URL,
# ORY_KRATOS_PUBLIC_URL, ORY_KETO_READ_URL and ORY_KETO_WRITE_URL for
# self-hosted servers or `janiform emulator`, or ORY_PROJECT_SLUG and
# ORY_PROJECT_API_KEY for a project of Ory Network.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

variable "schema_id" {
  description = "The identity schema of the people."
  type        = string
  default     = "default"
}

resource "ory_identity" "ann" {
  schema_id = var.schema_id
  traits    = jsonencode({ email = "ann@example.com" })
}

resource "ory_identity" "bob" {
  schema_id = var.schema_id
  traits    = jsonencode({ email = "bob@example.com" })
  state     = "inactive"
}

# The members of a group.
resource "ory_relationships" "staff" {
  namespace = "groups"
  object    = "staff"

  relationships = [
    for person in [ory_identity.ann, ory_identity.bob] : { relation = "member", subject_id = person.id }
  ]
}

# Whoever is a member may view the report; one of them may edit it.
resource "ory_relationship" "staff_views" {
  namespace             = "files"
  object                = "report.pdf"
  relation              = "view"
  subject_set_namespace = ory_relationships.staff.namespace
  subject_set_object    = ory_relationships.staff.object
  subject_set_relation  = "member"
}

resource "ory_relationship" "ann_edits" {
  namespace  = "files"
  object     = "report.pdf"
  relation   = "edit"
  subject_id = ory_identity.ann.id
}

# What the servers say about all that.
data "ory_permission_check" "bob" {
  for_each = toset(["view", "edit"])

  namespace  = "files"
  object     = "report.pdf"
  relation   = each.key
  subject_id = ory_identity.bob.id
  depends_on = [ory_relationship.staff_views, ory_relationship.ann_edits]
}

data "ory_relationships" "report" {
  namespace  = "files"
  object     = "report.pdf"
  depends_on = [ory_relationship.staff_views, ory_relationship.ann_edits]
}

data "ory_identities" "people" {
  ids = [ory_identity.ann.id, ory_identity.bob.id]
}

data "ory_identity_schema" "people" {
  id = var.schema_id
}

output "bob_may" {
  value = { for relation, check in data.ory_permission_check.bob : relation => check.allowed }
}

output "report_relationships" {
  value = length(data.ory_relationships.report.relationships)
}

output "active" {
  value = [for identity in data.ory_identities.people.identities : jsondecode(identity.traits).email if identity.state == "active"]
}

output "schema_type" {
  value = jsondecode(data.ory_identity_schema.people.schema).type
}
