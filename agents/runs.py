"""Start, resume and replay campaigns in their folders, and write the report when they stop."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eutectic.agents.campaign import Campaign, Collaborators, find_campaign
from eutectic.agents.spec_file import dump_spec
from eutectic.core.errors import BadInput, NoSuchCampaign, StorageFailed
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec

Listener = Callable[[Event], None]
_PACKAGES = ("eutectic", "botorch", "torch", "scikit-learn", "numpy", "langgraph", "openai")


def create_campaign(spec: CampaignSpec, out: Path, settings: Settings, listeners: Sequence[Listener] = ()) -> Campaign:
    """A new campaign in a new folder `<out>/<name>-NNN`, opened for driving.

    Raises:
        StorageFailed: the folder cannot be made.
    """
    folder = _new_folder(out, spec.name)
    text = dump_spec(spec)
    try:
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        for name in ("plans", "artifacts"):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise StorageFailed(f"cannot write the campaign: {error.strerror}", where=str(folder)) from error
    campaign = Campaign(folder, folder.name, Collaborators(settings=settings, listeners=tuple(listeners)))
    try:
        campaign.begin(opening(spec, folder.name))
    except BaseException:
        campaign.__exit__(None, None, None)
        raise
    return campaign


def open_campaign(out: Path, campaign: str, settings: Settings, listeners: Sequence[Listener] = ()) -> Campaign:
    """An existing campaign, opened for driving.

    Raises:
        NoSuchCampaign: there is none of that ID.
        CampaignBusy: another process drives it.
    """
    folder = find_campaign(out, campaign)
    opened = Campaign(folder, campaign, Collaborators(settings=settings, listeners=tuple(listeners)))
    if opened.context is None:
        from eutectic.agents.spec_file import load_spec

        opened.begin(opening(load_spec(folder / "spec.yaml"), campaign))
    return opened


def opening(spec: CampaignSpec, campaign: str) -> dict[str, Any]:
    """The payload of a notebook's first event."""
    return {
        "id": campaign,
        "spec": spec.model_dump(mode="json"),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "mind": spec.mind.kind,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _new_folder(out: Path, name: str) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number in range(1, 100_000):
            folder = out / f"{name}-{number:03d}"
            if not folder.exists():
                folder.mkdir()
                return folder
    except FileExistsError:
        return _new_folder(out, name)
    except OSError as error:
        raise StorageFailed(f"cannot make a campaign folder: {error.strerror}", where=str(out)) from error
    raise BadInput(f"there are too many campaigns named {name!r}", mend="choose another --out")


def database_of(folder: Path, settings: Settings) -> Path | str:
    """Where a campaign's notebook is kept."""
    url = settings.database_url
    return folder / "notebook.db" if url is None else url.get_secret_value()


@contextmanager
def read_campaign(out: Path, campaign: str, settings: Settings) -> Iterator[tuple[Path, CampaignView, Notebook]]:
    """A campaign's folder, state and notebook, for reading only: works beside a running driver."""
    folder = find_campaign(out, campaign)
    with Notebook(database_of(folder, settings), campaign, read_only=True) as notebook:
        view = CampaignView(notebook.events())
        if not view.id:
            raise NoSuchCampaign(f"campaign {campaign!r} has not begun", mend=f"eutectic resume {campaign}")
        yield folder, view, notebook
