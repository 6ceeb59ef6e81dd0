"""Start, resume and replay campaigns in their folders, and write the report when they stop."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eutectic.agents.campaign import Campaign, Collaborators, campaign_names, find_campaign
from eutectic.agents.spec_file import dump_spec
from eutectic.core.errors import BadInput, NoSuchCampaign, NotebookCorrupt, StorageFailed
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec

Listener = Callable[[Event], None]
_PACKAGES = ("eutectic", "botorch", "torch", "scikit-learn", "numpy", "langgraph", "openai")


def create_campaign(spec: CampaignSpec, out: Path, settings: Settings, listeners: Sequence[Listener] = ()) -> Campaign:
    """A new campaign in a new folder `<out>/<name>-NNN`, opened for driving; one that is refused leaves nothing.

    Raises:
        BadInput: the lab, the mind or the earlier measurements cannot be used as the spec says.
        StorageFailed: the folder cannot be made.
    """
    folder = _new_folder(out, spec.name)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            (folder / "spec.yaml").write_text(dump_spec(spec), encoding="utf-8")
            for name in ("plans", "artifacts"):
                (folder / name).mkdir(exist_ok=True)
        except OSError as error:
            what = f"cannot write the campaign: {error.strerror}"
            raise StorageFailed(what, where=str(folder), mend="free the disk, or choose another --out") from error
        campaign = Campaign(folder, folder.name, Collaborators(settings=settings, listeners=tuple(listeners)))
        try:
            campaign.begin(opening(spec, folder.name))
        except BaseException:
            if len(campaign.notebook):
                undo.pop_all()
            campaign.__exit__(None, None, None)
            raise
        undo.pop_all()
    return campaign


def open_campaign(out: Path, campaign: str, settings: Settings, listeners: Sequence[Listener] = ()) -> Campaign:
    """An existing campaign, opened for driving.

    Raises:
        NoSuchCampaign: there is none of that ID.
        CampaignBusy: another process drives it.
        NotebookCorrupt: the notebook is gone, or its chain does not hold.
    """
    folder = find_campaign(out, campaign)
    if settings.database_url is None and not (folder / "notebook.db").exists():
        _refuse_lost(folder)
    opened = Campaign(folder, campaign, Collaborators(settings=settings, listeners=tuple(listeners)))
    if opened.context is None:
        from eutectic.agents.spec_file import load_spec

        try:
            _refuse_lost(folder)
            opened.begin(opening(load_spec(folder / "spec.yaml"), campaign))
        except BaseException:
            opened.__exit__(None, None, None)
            raise
    return opened


def _refuse_lost(folder: Path) -> None:
    """An empty notebook is that of a campaign which never began, unless something stands beside it."""
    made = [path.name for path in (folder / "checkpoints.db", folder / "report.html") if path.exists()]
    made += sorted(path.name for path in folder.glob("plans/*"))
    if made:
        raise NotebookCorrupt(
            f"the notebook is gone or empty, but {made[0]} shows that the campaign ran",
            where=str(folder / "notebook.db"),
            mend="put notebook.db back from a back-up; to begin anew: eutectic run spec.yaml",
        )


def opening(spec: CampaignSpec, campaign: str) -> dict[str, Any]:
    """The payload of a notebook's first event."""
    return {
        "id": campaign,
        "spec": spec.model_dump(mode="json"),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "mind": spec.mind.kind,
        "features": ["guard"],
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _new_folder(out: Path, name: str) -> Path:
    campaign_names(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number in range(1, 100_000):
            folder = out / f"{name}-{number:03d}"
            if not folder.exists():
                with suppress(FileExistsError):
                    folder.mkdir()
                    return folder
    except OSError as error:
        what = f"cannot make a campaign folder: {error.strerror}"
        raise StorageFailed(what, where=str(out), mend="choose another --out, or mend its rights") from error
    raise BadInput(f"there are too many campaigns named {name!r}", mend="choose another --out")


def database_of(folder: Path, settings: Settings) -> Path | str:
    """Where a campaign's notebook is kept."""
    url = settings.database_url
    return folder / "notebook.db" if url is None else url.get_secret_value()


@contextmanager
def read_campaign(out: Path, campaign: str, settings: Settings) -> Iterator[tuple[Path, CampaignView, Notebook]]:
    """A campaign's folder, state and notebook, for reading only: works beside a running driver.

    Raises:
        NoSuchCampaign: there is none of that ID, or it has not begun.
        NotebookCorrupt: the notebook's chain does not hold.
        StorageFailed: the notebook is gone or cannot be read.
    """
    folder = find_campaign(out, campaign)
    with Notebook(database_of(folder, settings), campaign, read_only=True) as notebook:
        notebook.verify()
        view = CampaignView(notebook.events())
        if not view.id:
            _refuse_lost(folder)
            raise NoSuchCampaign(f"campaign {campaign!r} has not begun", mend=f"eutectic resume {campaign}")
        yield folder, view, notebook
