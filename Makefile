# Two commands matter: `make demo` sets up and runs the example campaign, `make test` sets up and runs every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test setup lint types bench clean

demo: setup
	$(BIN)/eutectic run examples/soft-magnet.yaml

test: setup lint types
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

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy -p eutectic.core -p eutectic.tools -p eutectic.knowledge -p eutectic.lab_interface -p eutectic.agents -p eutectic.evals

bench: setup
	$(BIN)/eutectic bench loop --smoke

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
