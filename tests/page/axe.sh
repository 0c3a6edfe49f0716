#!/usr/bin/env bash
# Fetches axe-core, which the tests of the page ask for what keeps people out: from a Python package, with the version and the
# checksum that stand in axe.txt.
#
#   tests/page/axe.sh FOLDER
#
# Leaves `axe.min.js` in FOLDER. Does nothing where it is there.
set -euo pipefail

folder=$1
package=$(cd "$(dirname "$0")" && pwd)/axe.txt
if [ "$folder/axe.min.js" -nt "$package" ]; then
    exit 0
fi
if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "tests/page/axe.sh: needs python3 with pip" >&2
    exit 1
fi

# Beside its place, and moved there when it is whole.
mkdir -p "$folder"
new=$(mktemp -d "$folder/XXXXXX")
trap 'rm -rf "$new"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes --requirement "$package" --dest "$new"
python3 -m zipfile --extract "$new"/*.whl "$new"
touch "$new"/*/axe.min.js
mv "$new"/*/axe.min.js "$folder"
