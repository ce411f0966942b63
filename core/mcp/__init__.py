"""Agent access: the tools of `core.agents` by the Model Context Protocol, over stdio and HTTP."""
