#!/usr/bin/env bash
# Believed: the app_id of a window that Chromium opened with --app=URL names the site, so one rule of a compositor fits all its windows,
# and nothing of an address but its host is seen by programs that list windows.
# So: host and path are in it, every "/" as "_", so that a page at another path is another application to a compositor, and what stands
# in a path can be read by whoever lists windows. Query and fragment are not in it.
# Versions: chromium 156.0.8078.79 and sway 1.10.1 (Debian 13). Seen: a one-time secret of an address in the list of windows, and no rule
# that fitted the next window.
# Needs mmdebstrap, eatmydata and bubblewrap, and root or user namespaces.
set -euo pipefail
renice -n 10 $$ >/dev/null
dir=$(mktemp -d)
trap 'rm -rf --one-file-system "$dir"' EXIT
packages=chromium=156.0.8078.79-1~deb13u1,chromium-common=156.0.8078.79-1~deb13u1,sway=1.10.1-2,jq,python3-minimal,python3,dbus,fonts-dejavu-core
echo "Debian 13: $packages"
mmdebstrap --quiet --variant=apt --hook-dir=/usr/share/mmdebstrap/hooks/eatmydata --aptopt='APT::Install-Recommends "false"' \
    --include="$packages" trixie "$dir/root" 2>"$dir/errors" || { tail -n 20 "$dir/errors"; exit 1; }
echo "u:x:1000:1000::/tmp:/bin/sh" >>"$dir/root/etc/passwd"
cat >"$dir/desk" <<'D'
export HOME=/tmp XDG_RUNTIME_DIR=/tmp/run WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
mkdir -p -m 700 /tmp/run /tmp/site/a/b
echo "<title>tea</title>A cup?" >/tmp/site/a/b/tea
cp /tmp/site/a/b/tea /tmp/site/tea
python3 -m http.server 8700 --bind 127.0.0.1 --directory /tmp/site >/dev/null 2>&1 &
sway --config /dev/null >/dev/null 2>&1 &
by_and_by() { for _ in $(seq 300); do "$@" && return; sleep 0.2; done; echo "in vain: $*"; exit 1; }
by_and_by test -S /tmp/run/wayland-1
export WAYLAND_DISPLAY=wayland-1 SWAYSOCK=$(echo /tmp/run/sway-ipc.*.sock)
windows() { swaymsg -t get_tree | jq -r '.. | .app_id? // empty' | sort; }
are() { [ "$(windows | wc -l)" = "$1" ]; }
count=0
for address in tea "tea?cup=1#hot" "tea?cup=2" a/b/tea; do
    count=$((count + 1))
    # As it is the only user here, and has no privileges to give up, its own sandbox has nothing to work with.
    chromium --app="http://127.0.0.1:8700/$address" --ozone-platform=wayland --no-sandbox --disable-gpu --no-first-run --password-store=basic \
        --user-data-dir=/tmp/profile >/dev/null 2>&1 &
    by_and_by are $count
done
windows
D
bwrap --bind "$dir/root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run --ro-bind "$dir/desk" /usr/desk --unshare-pid --unshare-user --uid 1000 --gid 1000 \
    --die-with-parent timeout 200 dbus-run-session -- bash -e /usr/desk 2>>"$dir/errors" | tee "$dir/seen" || { tail -n 20 "$dir/errors"; exit 1; }
[ "$(uniq -c "$dir/seen" | sed 's/^ *//')" = "1 chrome-127.0.0.1__a_b_tea-Default
3 chrome-127.0.0.1__tea-Default" ]
echo "so it is: the path is in the app_id, the query is not"
