"""The voices of a surrogate: averaged, believing together, each fitted with the gradient of its own likelihood."""

import numpy as np
import pytest

from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.forest import fit_forest
from eutectic.tools.kernel_fit import USUAL_NOISE, Kernel, fit_kernel, lengthscale_prior, matern
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.settings_voice import LENGTHS, NOISES, settings_voice
from eutectic.tools.voices import ProcessVoice, Voices, voices_of


def process(n: int = 20, known: int = 0) -> ExactProcess:
    rng = np.random.default_rng(4)
    shares = rng.dirichlet(np.ones(3), n)
    features = np.hstack([shares, rng.normal(size=(n, known))])
    values = np.sin(5 * shares[:, 0]) + shares[:, 1] ** 0.5
    columns = tuple(range(3, 3 + known))
    slopes = Slopes(3, columns, (0.3,) * known, (0.5,) * known)
    return ExactProcess(features, (values - values.mean()) / values.std(), Kernel(np.ones(3), 0.02, 0.0), slopes)


def test_the_voices_are_averaged() -> None:
    voices = voices_of(process(), USUAL_NOISE, None, 5)
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    each = [voice.moments(wanted) for voice in voices.every]
    assert len(each) == 5
    mean, sd = voices.moments(wanted)
    np.testing.assert_allclose(mean, np.mean([one for one, _ in each], axis=0))
    np.testing.assert_allclose(sd, np.mean([one for _, one in each], axis=0))
    assert min(float(np.ptp([one[0][i] for one in each])) for i in range(8)) > 1e-3


@pytest.mark.parametrize("known", [0, 2])
def test_a_recipe_on_its_way_is_believed_by_all_at_their_common_mean(known: int) -> None:
    voices = voices_of(process(known=known), USUAL_NOISE, None, 5)
    rng = np.random.default_rng(6)
    wanted = np.hstack([rng.dirichlet(np.ones(3), 1), rng.normal(size=(1, known))])
    mean, sd = voices.moments(wanted)
    after = voices.believing(wanted)
    for voice, before in zip(after.every[:4], voices.every[:4], strict=True):
        new_mean, new_sd = voice.moments(wanted)
        assert abs(new_mean[0] - mean[0]) <= abs(before.moments(wanted)[0][0] - mean[0]) + 1e-6
        assert new_sd[0] < before.moments(wanted)[1][0]
    assert after.process.standard[-1] == pytest.approx(mean[0])
    assert after.moments(wanted)[1][0] < sd[0]


def test_few_and_very_many_measurements_are_left_to_the_process() -> None:
    assert len(voices_of(process(3), USUAL_NOISE, None, 0).every) == 1
    assert len(voices_of(process(301), USUAL_NOISE, None, 0).every) == 1


def test_a_fit_that_fails_has_no_say() -> None:
    sound = process()
    broken = ExactProcess(sound.features, sound.standard, sound.kernel, sound.slopes, extra=np.full(20, -3.0))
    assert voices_of(broken, USUAL_NOISE, None, 0).others == ()
    assert len(voices_of(sound, USUAL_NOISE, None, 0).others) == 3


def test_roots_set_small_shares_apart() -> None:
    voices = voices_of(process(40), USUAL_NOISE, None, 5)
    rooted = next(voice for voice in voices.others if isinstance(voice, ProcessVoice) and voice.rooted)
    np.testing.assert_allclose(rooted.process.features**2, process(40).features, atol=1e-12)


def test_the_forest_is_the_same_for_a_seed_and_reads_knowledge() -> None:
    wanted = process(8, known=1).features
    one, other = (fit_forest(process(known=1), 3).moments(wanted) for _ in range(2))
    np.testing.assert_array_equal(one[0], other[0])
    assert fit_forest(process(known=1), 3).columns.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("family", ["matern", "gaussian"])
def test_the_fit_is_a_mode_of_the_posterior(family: str) -> None:
    """No step in any hyper-parameter makes values and priors likelier, by a density written out here."""
    given = process(25)

    def log_posterior(lengthscales: np.ndarray, noise: float) -> float:
        centre, width = lengthscale_prior(3, family)
        scaled = given.features / lengthscales
        squared = ((scaled[:, None] - scaled[None]) ** 2).sum(axis=2)
        kernel = matern(given.features, lengthscales)[0] if family == "matern" else np.exp(-squared / 2)
        covariance = kernel + (noise + 1e-8) * np.eye(25)
        inverse = np.linalg.inv(covariance)
        residual = given.standard - inverse.sum(axis=0) @ given.standard / inverse.sum()
        found = -0.5 * residual @ inverse @ residual - 0.5 * np.linalg.slogdet(covariance)[1]
        found -= ((np.log(lengthscales) - centre) ** 2).sum() / (2 * width**2)
        return float(found - (np.log(noise) + 4) ** 2 / 2)

    kernel = fit_kernel(given.features, given.standard, USUAL_NOISE, 0.0, 0, family)
    at_mode = log_posterior(kernel.lengthscales, kernel.noise)
    for i in range(3):
        for factor in (0.97, 1.03):
            moved = kernel.lengthscales.copy()
            moved[i] *= factor
            assert log_posterior(moved, kernel.noise) < at_mode + 1e-4
    for factor in (0.97, 1.03):
        assert log_posterior(kernel.lengthscales, kernel.noise * factor) < at_mode + 1e-4


def test_the_voices_agree_with_a_process_alone_where_none_stands_beside_it() -> None:
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    np.testing.assert_allclose(Voices(process()).moments(wanted), process().moments(wanted))


def test_settings_are_weighed_by_their_evidence() -> None:
    """All fifteen solved by plain linear algebra, those of little weight left out."""
    given = process(12)
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    everything = []
    for length in LENGTHS:
        for noise in NOISES:
            kernel = Kernel(np.full(3, length * 3**0.5), noise, 0.0)
            inverse = np.linalg.inv(kernel.between(given.features, given.features) + (noise + 1e-8) * np.eye(12))
            off = given.standard - inverse.sum(axis=0) @ given.standard / inverse.sum()
            evidence = -0.5 * off @ inverse @ off + 0.5 * np.linalg.slogdet(inverse)[1]
            mean = given.standard[0] - off[0] + kernel.between(wanted, given.features) @ inverse @ off
            everything.append((evidence, mean))
    weights = np.exp(np.array([evidence for evidence, _ in everything]))
    weights[weights < 0.02 * weights.sum()] = 0.0
    voice = settings_voice(given)
    assert voice is not None and len(voice.processes) == np.count_nonzero(weights) < 15
    expected = np.average([mean for _, mean in everything], axis=0, weights=weights)
    np.testing.assert_allclose(voice.moments(wanted)[0], expected, rtol=1e-6)
