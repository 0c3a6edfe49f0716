#!/usr/bin/env bash
# Believed: Debian's package linux-image-VERSION holds the kernel and its modules; whoever unpacks it without installing it has both, the
# kernel as /boot/vmlinuz-VERSION.
# So: since Linux 7 it holds neither, it only depends. The kernel is in linux-binary-VERSION, as /usr/lib/modules/VERSION/vmlinuz and not in
# /boot; the modules are in linux-modules-VERSION; and what depmod needs beside them (modules.builtin, modules.order) is in
# linux-base-VERSION. The first dependency of linux-image-amd64 is linux-base-amd64, and no kernel.
# Versions: Linux 7.2.12-1 (Debian testing, November 2026). Seen: a script that unpacked a kernel for emulated machines.
set -euo pipefail
renice -n 10 $$ >/dev/null
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"/{etc/apt/preferences.d,var/lib/apt/lists/partial,var/cache/apt/archives/partial}
: >"$dir/status"
echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian testing main' >"$dir/etc/apt/sources.list"
options=(-o "Dir=$dir" -o "Dir::State::status=$dir/status" -o APT::Architecture=amd64 -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false
    -o Acquire::Languages=none)
apt-get --quiet=2 "${options[@]}" update
depends() { apt-cache "${options[@]}" depends "$1" | awk '$1 == "Depends:" { print $2 }'; }
echo "linux-image-amd64 depends on $(depends linux-image-amd64 | paste -sd' ')"
image=$(depends linux-image-amd64 | grep '^linux-image-[0-9]')
version=${image#linux-image-}
cd "$dir"
apt-get --quiet=2 "${options[@]}" download "$image" "linux-binary-$version" "linux-base-$version"
holds() { dpkg-deb --contents "$dir/$1"_*.deb | awk '{ print $6 }' | grep -cE "$2" || true; }
echo "in $image: $(holds "$image" 'vmlinuz|[.]ko') kernels and modules"
echo "in linux-binary-$version: $(dpkg-deb --contents linux-binary-*.deb | awk '{ print $6 }' | grep vmlinuz)"
echo "in linux-base-$version: $(holds "linux-base-$version" 'modules[.](builtin|order)$') lists of modules"
[ "$(holds "$image" 'vmlinuz|[.]ko')" = 0 ]
[ "$(holds "linux-binary-$version" '^./usr/lib/modules/[^/]*/vmlinuz$')" = 1 ]
[ "$(holds "linux-base-$version" 'modules[.](builtin|order)$')" = 2 ]
echo "so it is: the package of the kernel holds no kernel"
