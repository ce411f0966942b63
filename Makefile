# The common tasks, each one command. They use the Python of the active environment.
.PHONY: run test check bench

run:
	streamlit run streamlit_app.py

test:
	python -m pytest

check:
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	hadolint Dockerfile
	python -m pytest

bench:
	python -m benchmarks
