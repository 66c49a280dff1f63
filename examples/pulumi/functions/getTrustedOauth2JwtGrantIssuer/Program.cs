using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By the issuer, if it has one grant; or by its grantId.
    var partner = Ory.GetTrustedOauth2JwtGrantIssuer.Invoke(new()
    {
        Issuer = "https://partner.example.com",
    });

    return new Dictionary<string, object?>
    {
        ["trustedUntil"] = partner.Apply(getTrustedOauth2JwtGrantIssuerResult => getTrustedOauth2JwtGrantIssuerResult.ExpiresAt),
    };
});
