# The common tasks, each one command. They use the Python of the active environment.
.PHONY: run test check fuzz bench
PYTEST = python -m pytest -n 3 --dist loadfile

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
	$(PYTEST)

fuzz:  # some minutes for each reader: pictures, archives, labels
	HYPOTHESIS_PROFILE=fuzz python -m pytest tests/fuzz --timeout 1200

bench:
	python -m benchmarks
