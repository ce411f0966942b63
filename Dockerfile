FROM python:3.12-slim-bookworm

# What OpenCV, a part of Inference, links to; and what names on contact sheets are written with: scripts from right to
# left, Chinese, Japanese and Korean
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1=1.* libglib2.0-0=2.* libfribidi0=1.* fonts-noto-cjk=1:2* \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir "uv>=0.13,<1" \
    && uv sync --frozen --no-dev --no-install-project --no-cache --extra s3 --extra postgresql
ENV PATH=/app/.venv/bin:$PATH

COPY .streamlit .streamlit
COPY streamlit_app.py ./
COPY core core
COPY pages pages

RUN useradd --create-home --uid 10001 app && mkdir /data /pictures && chown app /data
USER 10001
ENV IMAGE_SEARCH_DATA_DIR=/data \
    IMAGE_SEARCH_ROOTS=/pictures
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
# Inside the container every address. It starts where people sign in (docs/access.md), or with IMAGE_SEARCH_OPEN=yes, as
# docker-compose.yml has it, which publishes it on localhost only.
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.port=8501"]
