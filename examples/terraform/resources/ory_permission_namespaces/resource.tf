# Who may do what with documents, in the provider's own project. A file of its own is read by `file("namespaces.keto.ts")`.
resource "ory_permission_namespaces" "shop" {
  source = <<-EOT
    class User implements Namespace {}

    class Document implements Namespace {
      related: {
        owners: User[]
        viewers: User[]
      }

      permits = {
        view: (ctx: Context): boolean =>
          this.related.viewers.includes(ctx.subject) || this.related.owners.includes(ctx.subject),
      }
    }
  EOT
}
