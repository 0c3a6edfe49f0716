#!/usr/bin/env bash
# Fetches the kernel for boot.sh: Debian's own, from Debian's archive, unpacked and not installed.
#
#   tests/machines/kernel.sh FOLDER [ROOT]
#
# That of this Debian, or of the one in ROOT (tests/desktops/make). Leaves in FOLDER what boot.sh needs: `vmlinux`, and `lib/modules` ready for modprobe. Does nothing where they are there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
inside=()
if [ -n "${2:-}" ]; then inside=("$here/../desktops/inside" "$2"); fi
if [ -e "$folder/vmlinux" ]; then
    exit 0
fi
for program in apt-cache apt-get dpkg-deb depmod xz zstd; do
    if ! command -v "$program" >/dev/null; then
        echo "tests/machines/kernel.sh: needs $program" >&2
        exit 1
    fi
done

# Beside its place, and moved there when it is whole.
mkdir -p "$(dirname "$folder")"
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT

# A root is kept for long, and so are its lists.
if [ -n "${2:-}" ]; then "${inside[@]}" apt-get update --quiet; fi
# This package stands for whichever kernel is current. Not the one for the cloud: that one lacks Bluetooth, and the file system
# on which the machine sees its host.
needed() {
    "${inside[@]}" apt-cache depends "$1" | awk -v name="^linux-($2)-[0-9]" '$1 == "Depends:" && $2 ~ name { print $2 }'
}
package=$(needed linux-image-amd64 image)
# Since Linux 7 the kernel and its modules are in packages that this one needs.
mapfile -t parts < <(needed "$package" 'base|binary|modules')
(cd "$new" && "${inside[@]}" apt-get download --quiet -o APT::Sandbox::User=root "$package" "${parts[@]}")
# What no such machine has is left out: half of it all.
for file in "$new"/*.deb; do
    dpkg-deb --fsys-tarfile "$file" | tar --extract --directory "$new" --exclude './usr/share' \
        --exclude '*/drivers/gpu' --exclude '*/drivers/media' --exclude '*/drivers/net' --exclude '*/sound'
done
# Since Debian 13 they are where /lib leads to.
[ -d "$new/lib" ] || mv "$new/usr/lib" "$new/lib"
rm -rf "$new/usr"
version=$(ls "$new/lib/modules")
depmod --basedir "$new" "$version"

# Unpacking itself takes an emulated processor six seconds, each time. Where in the file it is packed: the kernel's
# Documentation/x86/boot.rst.
packed=$new/boot/vmlinuz-$version
[ -e "$packed" ] || packed=$new/lib/modules/$version/vmlinuz
number() { od -An -t "u$2" -j "$1" -N "$2" "$packed" | tr -d ' '; }
start=$((($(number 0x1f1 1) + 1) * 512 + $(number 0x248 4)))
# Behind it stands its unpacked length, in four bytes, which would be taken for damage. Debian 13 has Zstandard.
payload() { dd if="$packed" iflag=skip_bytes,count_bytes skip="$start" count="$(($(number 0x24c 4) - 4))" bs=1M status=none; }
unpacks=xz
[ "$(number "$start" 4)" != "$((0xfd2fb528))" ] || unpacks=zstd
payload | "$unpacks" --decompress >"$new/vmlinux"

rm -rf "$folder" "$new/boot" "$new"/*.deb
chmod 755 "$new"
mv "$new" "$folder"
