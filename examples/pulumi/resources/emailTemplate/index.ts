import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What people get who sign in with a code, by mail and by SMS.
const login = new ory.EmailTemplate("login", {
    templateType: ory.EmailTemplateTemplateType.LoginCodeValid,
    subject: "Your code",
    bodyHtml: "<p>Your code is <b>{{ .LoginCode }}</b>.</p>",
    bodyPlaintext: "Your code is {{ .LoginCode }}.",
    smsBody: "Your code is {{ .LoginCode }}.",
});
