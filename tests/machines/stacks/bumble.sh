#!/usr/bin/env bash
# Fetches Bumble, with which radio.py makes virtual controllers and straps: the versions and checksums stand in bumble.txt. Needs
# Python 3.11, that of Debian 12.
#
#   tests/machines/stacks/bumble.sh FOLDER
#
# Leaves in FOLDER what PYTHONPATH is to name. Does nothing where it is there.
set -euo pipefail

folder=$1
packages=$(cd "$(dirname "$0")" && pwd)/bumble.txt
if [ "$folder/bumble" -nt "$packages" ]; then
    exit 0
fi
if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "tests/machines/stacks/bumble.sh: needs python3 with pip" >&2
    exit 1
fi

# Beside its place, and moved there when it is whole. Nothing else that these packages ask for is needed here.
mkdir -p "$(dirname "$folder")"
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes --requirement "$packages" --dest "$new"
for wheel in "$new"/*.whl; do
    python3 -m zipfile --extract "$wheel" "$new"
done
rm -rf "$folder" "$new"/*.whl
touch "$new/bumble"
chmod 755 "$new"
mv "$new" "$folder"
