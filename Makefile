# Two commands matter: `make demo` sets up and runs the example campaign, `make test` sets up and runs every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

OPENTRONS := .venv-opentrons
export EUTECTIC_OPENTRONS_PYTHON ?= $(CURDIR)/$(OPENTRONS)/bin/python

.PHONY: demo test setup devices lint types bench clean

demo: setup
	$(BIN)/eutectic run examples/soft-magnet.yaml

test: setup devices lint types
	$(BIN)/python -m pytest -n 2 --dist loadgroup

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Eutectic needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	@echo "Setting up $(VENV): about 2 GB, two to six minutes the first time ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@index=$$($(BIN)/python .ci/torch_index.py "$(TORCH_INDEX)"); \
	 echo "  1/2 PyTorch (CPU build)"; \
	 $(PIP) install $$index -c constraints.txt "torch>=2.4,<2.14"
	@echo "  2/2 everything else"
	@$(PIP) install -c constraints.txt -e ".[dev]"
	@touch $(STAMP)
	@echo "Set-up is done."

# Opentrons' analyzer needs an older numpy, so it lives by itself (about 130 MB); its tests are skipped where it cannot be had.
devices: setup
	@test -x $(EUTECTIC_OPENTRONS_PYTHON) || { \
	  echo "Installing Opentrons' analyzer into $(OPENTRONS) ..."; \
	  $(BIN)/python -m venv $(OPENTRONS) && $(OPENTRONS)/bin/python -m pip --disable-pip-version-check --quiet install "opentrons==8.8.2" \
	  || { rm -rf $(OPENTRONS); echo "  not to be had here: the tests of the Opentrons lab are skipped"; }; }

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy -p eutectic.core -p eutectic.tools -p eutectic.knowledge -p eutectic.lab_interface -p eutectic.agents -p eutectic.evals

bench: setup
	$(BIN)/eutectic bench loop --smoke

clean:
	rm -rf $(VENV) $(OPENTRONS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
