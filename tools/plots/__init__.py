"""Pictures of a campaign as inline SVG text: progress, Pareto front, composition map, parity and effects."""

from eutectic.tools.plots.composition_map import Axis, MapPoint, parallel_svg, ternary_svg
from eutectic.tools.plots.effects import Effect, effects_svg
from eutectic.tools.plots.pareto import ParetoPoint, pareto_svg
from eutectic.tools.plots.parity import Pair, ParityPanel, parity_svg
from eutectic.tools.plots.progress import Band, ProgressPanel, RoundSpan, progress_svg

__all__ = [
    "Axis",
    "Band",
    "Effect",
    "MapPoint",
    "Pair",
    "ParetoPoint",
    "ParityPanel",
    "ProgressPanel",
    "RoundSpan",
    "effects_svg",
    "parallel_svg",
    "pareto_svg",
    "parity_svg",
    "progress_svg",
    "ternary_svg",
]
