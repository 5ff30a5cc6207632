# An image with the commands, without Swift. To build it, and to run a command on the files of this folder:
#
#   docker build -t rnnpipe .
#   docker run --rm -i --init -u "$(id -u):$(id -g)" -v "$PWD:/work" rnnpipe rnn-train data.tensors.zst -o model.tensors.zst
#
# A whole pipeline runs in one container: docker run ... rnnpipe sh -c 'rnn-synth sine | rnn-window --length 50 > windows'

ARG SWIFT_VERSION=6.3.1
FROM swift:${SWIFT_VERSION}-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends gcc libsqlite3-dev libzstd-dev pkg-config zlib1g-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# What the build reads: Package.swift names the folders of tests and benchmarks, too.
COPY Package.swift ./
COPY Benchmarks Benchmarks
COPY Tests Tests
COPY Sources Sources
COPY setup setup
RUN DESTDIR=/image setup/portable /usr/local

FROM debian:bookworm-slim
# Linked libraries, those that are loaded when they are used, and what draws pictures.
RUN apt-get update \
  && apt-get install -y --no-install-recommends libsqlite3-0 libstdc++6 libzstd1 zlib1g \
    libopenblas0-pthread libarchive13 libcurl4 libnettle8 ca-certificates gnuplot-nox fontconfig fonts-noto-cjk \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /image/ /
COPY setup/copyright /usr/local/share/doc/rnnpipe/copyright
# Fonts are cached where any user may write.
ENV XDG_CACHE_HOME=/tmp/.cache
WORKDIR /work
CMD ["rnnpipe"]
