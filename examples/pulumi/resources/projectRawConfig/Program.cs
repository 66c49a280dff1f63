using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A hook that calls the forum after each sign-in, for which `ProjectConfig` has no property.
    var forum = new Ory.Project("forum", new()
    {
        Name = "Forum",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    var signIn = new Ory.ProjectRawConfig("signIn", new()
    {
        ProjectId = forum.Id,
        Config = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["services"] = new Dictionary<string, object?>
            {
                ["identity"] = new Dictionary<string, object?>
                {
                    ["config"] = new Dictionary<string, object?>
                    {
                        ["selfservice"] = new Dictionary<string, object?>
                        {
                            ["flows"] = new Dictionary<string, object?>
                            {
                                ["login"] = new Dictionary<string, object?>
                                {
                                    ["after"] = new Dictionary<string, object?>
                                    {
                                        ["hooks"] = new[]
                                        {
                                            new Dictionary<string, object?>
                                            {
                                                ["hook"] = "web_hook",
                                                ["config"] = new Dictionary<string, object?>
                                                {
                                                    ["url"] = "https://forum.example.com/signed-in",
                                                    ["method"] = "POST",
                                                    ["body"] = "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ==",
                                                },
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        }),
    });

});
