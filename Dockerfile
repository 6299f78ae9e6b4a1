# cpc with its vocabularies, as a server: docker build -t cpc . && docker run -p 8765:8765 cpc --upstream http://engine:8000
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      libicu-dev libpcre2-dev libsqlite3-dev libzmq3-dev libzstd-dev make python3 python3-jsonschema \
      python3-yaml zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make build && make install PREFIX=/usr/local DESTDIR=/image

FROM debian:bookworm-slim
# libzmq5 is for --kv-events alone.
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates curl libicu72 libpcre2-8-0 libsqlite3-0 libstdc++6 libzmq5 libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /var/lib/cpc --shell /usr/sbin/nologin cpc
COPY --from=build /image/ /
USER cpc
WORKDIR /var/lib/cpc
VOLUME /var/lib/cpc
EXPOSE 8765
HEALTHCHECK --interval=10s --timeout=2s --start-period=5s CMD curl -fsS http://127.0.0.1:8765/ready || exit 1
# Inside a container the published port decides who reaches the server.
ENTRYPOINT ["cpc", "serve", "--host", "0.0.0.0"]
