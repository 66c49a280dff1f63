import pulumi
import janiform_ory as ory

key = ory.pem_to_jwk("""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
""", {
    "use": "sig",
    "alg": "EdDSA",
})
pulumi.export("partner", key)
