using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Assertions of this issuer may name one subject.
    var partner = new Ory.TrustedOauth2JwtGrantIssuer("partner", new()
    {
        Issuer = "https://partner.example.com",
        Subject = "orders@partner.example.com",
        Scope = new[]
        {
            "orders:read",
        },
        ExpiresAt = "2035-01-01T00:00:00Z",
        Jwk = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["kty"] = "EC",
            ["kid"] = "partner-2026",
            ["use"] = "sig",
            ["alg"] = "ES256",
            ["crv"] = "P-256",
            ["x"] = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            ["y"] = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        }),
    });

});
