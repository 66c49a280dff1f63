terraform import ory_scim_client.okta 9f425a8d-7efc-4768-8f23-7647a74fdf13/okta-acme
