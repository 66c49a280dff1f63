package main

import (
	"encoding/json"

	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A hook that calls the forum after each sign-in, for which `ProjectConfig` has no property.
		forum, err := ory.NewProject(ctx, "forum", &ory.ProjectArgs{
			Name:        pulumi.String("Forum"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		tmpJSON0, err := json.Marshal(map[string]map[string]map[string]map[string]map[string]map[string]map[string]map[string][]map[string]interface{}{
			"services": map[string]map[string]map[string]map[string]map[string]map[string]map[string][]map[string]interface{}{
				"identity": map[string]map[string]map[string]map[string]map[string]map[string][]map[string]interface{}{
					"config": map[string]map[string]map[string]map[string]map[string][]map[string]interface{}{
						"selfservice": map[string]map[string]map[string]map[string][]map[string]interface{}{
							"flows": map[string]map[string]map[string][]map[string]interface{}{
								"login": map[string]map[string][]map[string]interface{}{
									"after": map[string][]map[string]interface{}{
										"hooks": []map[string]interface{}{
											map[string]interface{}{
												"hook": "web_hook",
												"config": map[string]string{
													"url":    "https://forum.example.com/signed-in",
													"method": "POST",
													"body":   "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ==",
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
		})
		if err != nil {
			return err
		}
		json0 := string(tmpJSON0)
		_, err = ory.NewProjectRawConfig(ctx, "signIn", &ory.ProjectRawConfigArgs{
			ProjectId: forum.ID(),
			Config:    pulumi.String(json0),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
