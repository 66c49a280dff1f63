# Fails if the relationship does not exist.
data "ory_relationship" "ann_views" {
  id = "files:report.pdf#view@ann"
}
