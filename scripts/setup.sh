#!/bin/sh
# Set up a bare machine: the project's own .venv with uv and the locked packages, and chromium
# for the browser tests when this is a Debian and we are root. Says what it could not do.
set -eu
PYTHON=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Equipoise needs Python 3.11 or newer; '$PYTHON' is $("$PYTHON" --version 2>&1)."
    say "Install one and say: make PYTHON=python3.11 ..."
    exit 1
}

if [ ! -x .venv/bin/uv ]; then
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv || {
        say "This python3 cannot make virtual environments. Install the package python3-venv."
        exit 1
    }
    "$PYTHON" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
fi
.venv/bin/uv sync --locked --inexact --quiet

command -v chromium >/dev/null 2>&1 || apt_install chromium || \
    say "No chromium here and no right to install it: the browser tests will be skipped and counted."
