using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // No events while what they are sent to is down.
    var maintenance = new Ory.EventStreamPause("maintenance", new()
    {
        EventStreamId = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
        Paused = true,
    });

});
