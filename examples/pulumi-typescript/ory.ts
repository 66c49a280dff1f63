// What a generated SDK would hold, in small: the types of the properties that
// these programs use, and the tokens by which Pulumi knows them. Any other
// attribute of the resource works the same way: its name in camelCase.
import * as pulumi from "@pulumi/pulumi";

export interface Oauth2ClientArgs {
    /** The name shown to people. */
    clientName: pulumi.Input<string>;
    /** Chosen when unset; a change makes a new client. */
    clientId?: pulumi.Input<string>;
    /** Chosen when unset. */
    clientSecret?: pulumi.Input<string>;
    grantTypes?: pulumi.Input<pulumi.Input<string>[]>;
    responseTypes?: pulumi.Input<pulumi.Input<string>[]>;
    /** Words separated by spaces. */
    scope?: pulumi.Input<string>;
    audience?: pulumi.Input<pulumi.Input<string>[]>;
    redirectUris?: pulumi.Input<pulumi.Input<string>[]>;
    postLogoutRedirectUris?: pulumi.Input<pulumi.Input<string>[]>;
    allowedCorsOrigins?: pulumi.Input<pulumi.Input<string>[]>;
    tokenEndpointAuthMethod?: pulumi.Input<string>;
    skipConsent?: pulumi.Input<boolean>;
    /** A JSON object. */
    metadata?: pulumi.Input<string>;
    /** A duration such as `90m`. */
    clientCredentialsGrantAccessTokenLifespan?: pulumi.Input<string>;
}

export class Oauth2Client extends pulumi.CustomResource {
    public static readonly token = "ory:index/oauth2Client:Oauth2Client";

    public readonly clientId!: pulumi.Output<string>;
    /** None for a public client, nor for an imported one: the server tells it only once. */
    public readonly clientSecret!: pulumi.Output<string | undefined>;
    public readonly clientName!: pulumi.Output<string>;
    public readonly scope!: pulumi.Output<string>;

    /** A client that is managed elsewhere, by its id. */
    public static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Oauth2Client {
        return new Oauth2Client(name, {} as Oauth2ClientArgs, { ...opts, id });
    }

    constructor(name: string, args: Oauth2ClientArgs, opts?: pulumi.CustomResourceOptions) {
        // A property has to be named here to become an output.
        const props = { clientId: undefined, clientSecret: undefined, scope: undefined, ...args };
        super(Oauth2Client.token, name, props, pulumi.mergeOptions({ additionalSecretOutputs: ["clientSecret"] }, opts));
    }
}

export interface GetOauth2ClientArgs {
    /** Look up by id, … */
    clientId?: pulumi.Input<string>;
    /** … or by name, if only one client has it. */
    clientName?: pulumi.Input<string>;
}

export interface GetOauth2ClientResult {
    readonly id: string;
    readonly clientId: string;
    readonly clientName: string;
    readonly grantTypes?: string[];
    readonly scope?: string;
}

export function getOauth2ClientOutput(args: GetOauth2ClientArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetOauth2ClientResult> {
    return pulumi.runtime.invokeOutput("ory:index/getOauth2Client:getOauth2Client", args, opts);
}
