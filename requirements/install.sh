#!/bin/sh
# Makes the environment in .venv and installs pins into it: sh requirements/install.sh learn|test|section-…
#
# What is installed already stays: `make test` and `make learn` share the environment and their pins agree. A second run
# only compares checksums. PYTHON names another interpreter, as in PYTHON=python3.12 make learn.
set -eu
cd "$(dirname "$0")/.."

group=${1:?"say which pins to install: learn, test or a section-…"}
pins=requirements/$group.txt
venv=.venv
python=$venv/bin/python
stamp=$venv/.installed-$group
needed_kb=2500000  # with what is taken out of the cache meanwhile
case $group in test) needed_kb=4500000 ;; esac  # Spark, Java and Arrow among it

fail() {
    printf '\nThe environment is not ready: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# Packages come ready made for these; a newer Python may have to compile some.
usual() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
minor() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        base=$PYTHON
        new_enough "$base" || fail "PYTHON=$base is no Python 3.11 or newer (it answers: $("$base" --version 2>&1 | head -n 1))." \
            "Name one that is, as in: PYTHON=python3.12 make learn"
        return
    fi
    for base in python3 python3.14 python3.13 python3.12 python3.11; do
        if usual "$base"; then return; fi
    done
    base=python3
    if new_enough $base; then
        echo "Python $(minor $base) is so new that some packages may have to be compiled. If that fails, get Python 3.14 beside it"
        return
    fi
    fail "it takes Python 3.11 or newer; python3 here is $(python3 --version 2>/dev/null || echo 'not there')." \
        "Debian, Ubuntu, WSL: sudo apt install python3 python3-venv   (Ubuntu 22.04: python3.11 python3.11-venv)" \
        "Fedora: sudo dnf install python3.12      macOS: brew install python@3.12" \
        "If there is one under another name: PYTHON=/where/it/is/python3.12 make learn"
}

make_venv() {
    find_python
    "$base" -c 'import ensurepip, venv' 2>/dev/null || fail "$base has no venv module with pip." \
        "Debian, Ubuntu, WSL: sudo apt install python3-venv   (or python$(minor "$base")-venv), then run this again"
    free=$(df -Pk . 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ "${free:-$needed_kb}" -lt "$needed_kb" ]; then
        fail "there are $((free / 1000)) MB free here; it takes about $((needed_kb / 1000)) MB." "Make room, or clone the course to another disk"
    fi
    echo "Making the environment in $venv ($("$base" --version))"
    "$base" -m venv --clear "$venv" || fail "'$base -m venv $venv' failed; its own words are above." \
        "Is this folder yours to write to? On Debian: sudo apt install python3-venv"
    pwd > $venv/.made-in
}

[ -f "$pins" ] || fail "there are no pins called $pins." "\`make\` alone lists what there is"

# Scripts in an environment name its folder: one that was moved, or whose Python is gone, is made anew.
if [ ! -x $python ] || ! new_enough $python; then
    make_venv
elif [ -f $venv/.made-in ] && [ "$(cat $venv/.made-in)" != "$(pwd)" ]; then
    echo "The course was moved here from $(cat $venv/.made-in): its environment is made anew."
    make_venv
elif [ -n "${PYTHON:-}" ] && [ "$(minor "$PYTHON")" != "$(minor $python)" ]; then
    echo "PYTHON=$PYTHON is another version than the environment's $(minor $python): it is made anew."
    make_venv
fi

now=$(cat "$pins" requirements/bootstrap.txt pyproject.toml curriculum/labextension/bundle/package.json "$0" | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then exit 0; fi

offline() {
    fail "$1; the words of the tool are above." \
        "No network? It is needed once; run the same command again, and what was fetched by then is not fetched twice." \
        "Behind a proxy: export HTTPS_PROXY=…    A mirror of the package index: export UV_DEFAULT_INDEX=… PIP_INDEX_URL=…" \
        "Disk full? It takes about $((needed_kb / 1000)) MB here and 1000 MB in the cache of your home folder."
}

echo "Installing what $pins names (some minutes the first time, seconds later)"
$python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    -r requirements/bootstrap.txt || offline "the installer (uv) could not be fetched"
$venv/bin/uv pip install --python $python --require-hashes --compile-bytecode -r "$pins" ||
    offline "the packages could not be installed"
$venv/bin/uv pip install --quiet --python $python --no-deps --no-build-isolation --editable . ||
    fail "the course's own package could not be installed; the words of the tool are above." \
        "Did pyproject.toml change? \`git status\` says."
printf '%s\n' "$now" > "$stamp"
