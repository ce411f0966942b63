# The common tasks, each one command. They use the Python of the active environment.
.PHONY: run test check javascript coverage fuzz bench client guide
PYTEST = python -m pytest -n 4 --dist loadfile

run:
	streamlit run streamlit_app.py

test:
	$(PYTEST)

check:
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/check.yml
	hadolint Dockerfile
	$(MAKE) --no-print-directory javascript
	$(PYTEST)

javascript:
	@command -v node >/dev/null || echo "JavaScript was not checked: Node.js is not installed."
	@! command -v node >/dev/null || { npm ci --silent && npm run --silent check; }

coverage:  # of core, its branches, by all that runs here; below the floor in pyproject.toml it fails
	coverage erase
	coverage run -m pytest -n 4 --dist loadfile
	coverage combine --quiet
	coverage report

fuzz:  # some minutes for each reader: pictures, archives, labels
	HYPOTHESIS_PROFILE=fuzz python -m pytest tests/fuzz --timeout 1200

bench:
	python -m benchmarks

client:  # what of the client follows from the API's description
	python -m tests.client.generating

guide:  # the notebook from its first cell to its last, with the app that runs or one of its own
	jupyter execute docs/guide.ipynb --output guide-run
