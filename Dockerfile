# One image for web, worker, beat and the one-shot migration; docker-compose.yml says which is which.
FROM python:3.11-slim AS build
WORKDIR /app
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/run.lock requirements/run.lock
RUN /venv/bin/pip install --require-hashes --no-deps -r requirements/run.lock

FROM python:3.11-slim
RUN groupadd --system --gid 10001 portal \
  && useradd --system --uid 10001 --gid portal --no-create-home --home-dir /nonexistent portal \
  && install -d -o portal -g portal /data
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static-collected \
    PORT=8000
COPY --from=build /venv /venv
COPY . .
# Collecting needs no secret that lives on: the embedded profile makes one in a directory thrown away.
RUN DATA_DIR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER portal
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "manage.py", "healthcheck"]
# exec: gunicorn is to receive the signals itself.
CMD ["sh", "-c", "exec gunicorn accessportal.wsgi --bind 0.0.0.0:$PORT --worker-class gthread --threads 8 --workers ${WEB_CONCURRENCY:-2} --worker-tmp-dir /dev/shm --no-control-socket --access-logfile -"]
