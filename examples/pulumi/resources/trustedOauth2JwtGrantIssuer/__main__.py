import pulumi
import janiform_ory as ory
import json

# Assertions of this issuer may name one subject.
partner = ory.TrustedOauth2JwtGrantIssuer("partner",
    issuer="https://partner.example.com",
    subject="orders@partner.example.com",
    scope=["orders:read"],
    expires_at="2035-01-01T00:00:00Z",
    jwk=json.dumps({
        "kty": "EC",
        "kid": "partner-2026",
        "use": "sig",
        "alg": "ES256",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }))
