"""Microstructure images of a campaign: each is read once, before the optimiser is asked, and its measures are kept."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from eutectic.agents.graph.journal import Journal
from eutectic.core.notebook import CampaignView
from eutectic.core.record import Record, sha256
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, round_of
from eutectic.tools.micrograph import SUFFIXES, Micrograph, read_micrograph

if TYPE_CHECKING:
    from eutectic.tools.image_term import Seen

_ARTIFACTS = "artifacts"
IMAGES_SUFFIX = "/images"
"""Of the slots of images that were read."""


class ImageRead(Record):
    """One image of a trial."""

    trial: str
    digest: str
    """SHA-256 of the file."""
    micrograph: Micrograph | None = None
    why: str = ""
    """Why it has no measures."""


class ImagesRead(Record):
    """The images that were new before a round."""

    images: tuple[ImageRead, ...] = ()


def slot_of(number: int) -> str:
    """Where the images that were new before a round stand in the notebook."""
    return f"r{number:02d}{IMAGES_SUFFIX}"


def read_new(journal: Journal, view: CampaignView, folder: Path, number: int) -> None:
    """Read the images that came since the last round, once."""
    known = {item.digest for item in images_before(journal, number - 1)}
    journal.tool(slot_of(number), ImagesRead, lambda: _read(folder, view.each_training(), known))


def images_before(journal: Journal, number: int) -> tuple[ImageRead, ...]:
    """All images that were read up to the choice of a round."""
    found: list[ImageRead] = []
    for n in range(1, number + 1):
        payload = journal.payload("tool", slot_of(n))
        if payload is not None:
            found += ImagesRead.model_validate(payload["result"]).images
    return tuple(found)


def seen_of(spec: CampaignSpec, images: Iterable[ImageRead], observations: Iterable[Observation]) -> Seen | None:
    """The images with their recipes as arrays, a trial's images averaged; None without any that could be measured."""
    import numpy as np

    from eutectic.tools.encoding import encoder_of
    from eutectic.tools.image_term import Seen
    from eutectic.tools.lattice import lattice_of

    by_trial: dict[str, list[Micrograph]] = {}
    for item in images:
        if item.micrograph is not None:
            by_trial.setdefault(item.trial, []).append(item.micrograph)
    told = {item.trial: item for item in observations}
    trials = [name for name in by_trial if name in told]
    if not trials:
        return None
    encoder = encoder_of(lattice_of(spec.space))
    features = encoder.recipes([(told[name].composition, told[name].process) for name in trials])
    return Seen(
        shares=encoder.shares(features),
        process=features[:, len(spec.space.component_names) :],
        rounds=np.array([round_of(name) for name in trials], dtype=np.int64),
        measures={
            "share of the bright phase": np.array([fmean(one.bright for one in by_trial[name]) for name in trials]),
            "log mean intercept": np.array([fmean(log(one.chord) for one in by_trial[name]) for name in trials]),
            "anisotropy": np.array([fmean(one.anisotropy for one in by_trial[name]) for name in trials]),
        },
    )


def _read(folder: Path, observations: Iterable[Observation], known: set[str]) -> ImagesRead:
    found: list[ImageRead] = []
    for item in observations:
        for digest in item.artifacts:
            path = image_file(folder, digest)
            if path is None or digest in known:
                continue
            known.add(digest)
            found.append(_one(item.trial, digest, path))
    return ImagesRead(images=tuple(found))


def image_file(folder: Path, digest: str) -> Path | None:
    """The file of an artifact where its name is that of an image."""
    kept = (folder / _ARTIFACTS).glob(f"{digest}.*")
    return next((path for path in sorted(kept) if path.suffix.lower() in SUFFIXES), None)


def _one(trial: str, digest: str, path: Path) -> ImageRead:
    try:
        is_whole = sha256(path.read_bytes()) == digest
    except OSError as error:
        return ImageRead(trial=trial, digest=digest, why=f"cannot be read: {error.strerror}")
    if not is_whole:
        return ImageRead(trial=trial, digest=digest, why="the file was changed since it was kept")
    found = read_micrograph(path)
    if isinstance(found, str):
        return ImageRead(trial=trial, digest=digest, why=found)
    return ImageRead(trial=trial, digest=digest, micrograph=found)
