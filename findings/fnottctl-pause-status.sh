#!/usr/bin/env bash
# Believed: a command that exits with 1 has done nothing, and one that has done its work exits with 0.
# So: "fnottctl pause" and "fnottctl unpause" of fnott 1.7.1 do what they say, print nothing, and exit with 1. While paused nothing is
# shown; afterwards it is again. A script with "set -e" ends at it, and one that asks whether it worked thinks that it did not.
# Versions: fnott 1.7.1 on sway 1.10.1 (Debian 13). Seen: a test that stopped at the command that had just worked.
# Needs mmdebstrap, eatmydata and bubblewrap, and root or user namespaces.
set -euo pipefail
renice -n 10 $$ >/dev/null
dir=$(mktemp -d)
trap 'rm -rf --one-file-system "$dir"' EXIT
packages=fnott=1.7.1+ds-1,sway=1.10.1-2,grim,dbus,libglib2.0-bin,fonts-dejavu-core
echo "Debian 13: $packages"
mmdebstrap --quiet --variant=apt --hook-dir=/usr/share/mmdebstrap/hooks/eatmydata --aptopt='APT::Install-Recommends "false"' \
    --include="$packages" trixie "$dir/root" 2>"$dir/errors" || { tail -n 20 "$dir/errors"; exit 1; }
echo "u:x:1000:1000::/tmp:/bin/sh" >>"$dir/root/etc/passwd"
cat >"$dir/desk" <<'D'
export HOME=/tmp XDG_RUNTIME_DIR=/tmp/run WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
mkdir -m 700 /tmp/run
by_and_by() { for _ in $(seq 200); do "$@" && return; sleep 0.1; done; echo "in vain: $*"; exit 1; }
sway --config /dev/null >/dev/null 2>&1 &
by_and_by test -S /tmp/run/wayland-1
export WAYLAND_DISPLAY=wayland-1
N=org.freedesktop.Notifications
fnott >/dev/null 2>&1 &
gdbus wait --session --timeout 30 $N
screen() { grim -t ppm - | sha256sum; }
is_bare() { [ "$(screen)" = "$bare" ]; }
is_changed() { [ "$(screen)" != "$bare" ]; }
notify() { gdbus call --session --dest $N --object-path /org/freedesktop/Notifications --method $N.Notify tea 0 "" Tea "A cup?" '[]' '{}' 0; }
sleep 2
bare=$(screen)
fnottctl pause && echo "pause: 0" || echo "pause: $?"
notify >/dev/null
sleep 2
is_bare && echo "paused: nothing is shown"
fnottctl unpause && echo "unpause: 0" || echo "unpause: $?"
notify >/dev/null
by_and_by is_changed
echo "unpaused: it is shown"
D
bwrap --bind "$dir/root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run --ro-bind "$dir/desk" /usr/desk --unshare-pid --unshare-user --uid 1000 --gid 1000 \
    --die-with-parent timeout 120 dbus-run-session -- bash -e /usr/desk 2>>"$dir/errors" | tee "$dir/seen" || { tail -n 20 "$dir/errors"; exit 1; }
[ "$(cat "$dir/seen")" = "pause: 1
paused: nothing is shown
unpause: 1
unpaused: it is shown" ]
echo "so it is: it works, and says that it failed"
