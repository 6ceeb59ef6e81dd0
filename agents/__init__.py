"""The five roles, their minds, the graph that joins them, campaigns and the command line."""
