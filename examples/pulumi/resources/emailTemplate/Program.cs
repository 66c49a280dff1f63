using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What people get who sign in with a code, by mail and by SMS.
    var login = new Ory.EmailTemplate("login", new()
    {
        TemplateType = Ory.EmailTemplateTemplateType.LoginCodeValid,
        Subject = "Your code",
        BodyHtml = "<p>Your code is <b>{{ .LoginCode }}</b>.</p>",
        BodyPlaintext = "Your code is {{ .LoginCode }}.",
        SmsBody = "Your code is {{ .LoginCode }}.",
    });

});
