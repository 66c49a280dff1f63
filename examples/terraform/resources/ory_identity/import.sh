terraform import ory_identity.ann 9f425a8d-7efc-4768-8f23-7647a74fdf13
# By an id of your own, or by what the identity signs in with.
terraform import ory_identity.ann external_id=customer-4711
terraform import ory_identity.ann identifier=ann@example.com
