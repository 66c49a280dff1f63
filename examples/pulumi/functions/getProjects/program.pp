# Every project that the key may see.
all = invoke("ory:index/getProjects:getProjects", {})
