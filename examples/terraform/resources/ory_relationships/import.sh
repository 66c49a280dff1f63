terraform import ory_relationships.report files:report.pdf
# A whole namespace.
terraform import ory_relationships.members groups
