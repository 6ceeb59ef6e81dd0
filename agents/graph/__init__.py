"""The campaign as one LangGraph state graph: nodes by role over a small typed state."""
