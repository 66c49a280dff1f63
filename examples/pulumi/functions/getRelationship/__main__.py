import pulumi
import janiform_ory as ory

# Fails if the relationship does not exist.
ann_views = ory.get_relationship(id="files:report.pdf#view@ann")
pulumi.export("subject", ann_views.subject_id)
