# The common tasks, each one command. They use the Python of the active environment.
.PHONY: run test check fuzz bench

run:
	streamlit run streamlit_app.py

test:
	python -m pytest -n 2 --dist loadfile

check:
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	hadolint Dockerfile
	python -m pytest -n 2 --dist loadfile

fuzz:  # some minutes for each reader: pictures, archives, labels
	HYPOTHESIS_PROFILE=fuzz python -m pytest tests/fuzz --timeout 1200

bench:
	python -m benchmarks
