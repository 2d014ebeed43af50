# One image for the web, the workers and the commands. The build argument REQUIREMENTS names the locked list in
# requirements/: base, gpu for an NVIDIA GPU, links for recordings on pages, or traces.

FROM python:3.11-slim-bookworm AS packages
ARG REQUIREMENTS=base
WORKDIR /packages
COPY requirements/uv.txt requirements/${REQUIREMENTS}.txt ./
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement uv.txt
RUN python -m venv --without-pip /opt/venv \
    && /opt/uv/bin/uv pip install --no-cache --compile-bytecode --require-hashes \
        --python /opt/venv/bin/python --requirement ${REQUIREMENTS}.txt

FROM python:3.11-slim-bookworm AS scripts
WORKDIR /site
COPY requirements requirements/
COPY deploy/install.py deploy/
RUN python deploy/install.py --scripts

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin transcribe \
    && install --directory --owner=transcribe --group=transcribe --mode=0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY accounts accounts/
COPY benchmarks benchmarks/
COPY locale locale/
COPY static static/
COPY --from=scripts /site/static/vendor static/vendor/
COPY templates templates/
COPY transcribe_site transcribe_site/
COPY transcriptions transcriptions/
RUN /opt/venv/bin/python -m compileall -q .
# CTranslate2 looks for CUDA's cuBLAS when the model is loaded; without the gpu packages the folder is not there.
ENV PATH=/opt/venv/bin:$PATH \
    LD_LIBRARY_PATH=/opt/venv/lib/python3.11/site-packages/nvidia/cublas/lib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "transcribe_site.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--lifespan", "on", "--timeout-graceful-shutdown", "3", "--no-server-header", "--log-level", "warning"]
