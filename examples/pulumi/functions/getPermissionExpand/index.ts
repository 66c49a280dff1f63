import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

export = async () => {
    // Who may view the report, directly or as a member of a group.
    const viewers = await ory.getPermissionExpand({
        namespace: "files",
        object: "report.pdf",
        relation: "view",
    });
    return {
        viewers: viewers.subjectIds,
    };
}
