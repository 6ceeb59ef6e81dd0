"""The graph of one round, from the brief and the choice of trials to the PI's review."""

from __future__ import annotations

from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from eutectic.agents.graph import analyst, coder, designer, experimenter, pi
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.state import RoundState


def _begin(state: RoundState) -> Command[Literal["frame", "choose"]]:
    return Command(goto=state.get("begin", "frame"))


def build_graph(saver: BaseCheckpointSaver[Any] | None) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The compiled graph; each node names the nodes it may go to in its return type."""
    graph = StateGraph(RoundState, context_schema=CampaignContext)
    graph.add_node("begin", _begin)
    graph.add_node("frame", pi.frame)
    graph.add_node("evidence", designer.evidence)
    graph.add_node("choose", designer.choose)
    graph.add_node("protocol", coder.protocol)
    graph.add_node("compile", experimenter.compile_)
    graph.add_node("approve", experimenter.approve)
    graph.add_node("submit", experimenter.submit)
    graph.add_node("watch", experimenter.watch)
    graph.add_node("quality", analyst.quality)
    graph.add_node("findings", analyst.findings)
    graph.add_node("review", pi.review)
    graph.add_node("close", pi.close)
    graph.add_edge(START, "begin")
    return graph.compile(checkpointer=saver)
