terraform import ory_relationship.ann_views 'files:report.pdf#view@ann'
# The object is "a#b".
terraform import ory_relationship.other '%files:a%23b#view@ann'
