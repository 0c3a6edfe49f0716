#!/usr/bin/env bash
# Believed: once an action is invoked, the server takes the notification away and tells NotificationClosed, unless it is "resident"; the
# left mouse button acts, and the right one puts a notification away.
# So: lxqt-notificationd tells ActionInvoked and nothing else. The notification stays on the screen until its sender closes it, and can
# be clicked again and again. Every mouse button on its text invokes "default": the right one, too.
# Versions: lxqt-notificationd 2.1.1 (Debian 13). Seen: a client that waited for the end of a notification that had been answered.
# Needs mmdebstrap, eatmydata and bubblewrap, and root or user namespaces.
set -euo pipefail
renice -n 10 $$ >/dev/null
dir=$(mktemp -d)
trap 'rm -rf --one-file-system "$dir"' EXIT
packages=lxqt-notificationd=2.1.1-1,xvfb,xdotool,dbus,libglib2.0-bin,fonts-dejavu-core
echo "Debian 13: $packages"
mmdebstrap --quiet --variant=apt --hook-dir=/usr/share/mmdebstrap/hooks/eatmydata --aptopt='APT::Install-Recommends "false"' --include="$packages" trixie "$dir/root" 2>"$dir/errors" || { tail -n 20 "$dir/errors"; exit 1; }
cat >"$dir/desk" <<'D'
export HOME=/tmp XDG_RUNTIME_DIR=/run/u DISPLAY=:7
mkdir -m 700 /run/u
by_and_by() { for _ in $(seq 200); do "$@" && return; sleep 0.1; done; echo "in vain: $*"; exit 1; }
Xvfb :7 -screen 0 800x600x24 >/dev/null 2>&1 &
by_and_by test -S /tmp/.X11-unix/X7
N=org.freedesktop.Notifications
call() { gdbus call --session --dest $N --object-path /org/freedesktop/Notifications --method "$N.$1" "${@:2}"; }
popup() { xdotool search --onlyvisible --class lxqt-notificationd 2>/dev/null | tail -n 1; }
is_up() { [ -n "$(popup)" ]; }
is_down() { [ -z "$(popup)" ]; }
invoked() { [ "$(grep -c ActionInvoked /tmp/told)" = "$1" ]; }
lxqt-notificationd >/dev/null 2>&1 &
gdbus wait --session --timeout 30 $N
gdbus monitor --session --dest $N --object-path /org/freedesktop/Notifications >/tmp/told &
by_and_by grep -q "is owned by" /tmp/told
call Notify tea 0 "" Tea "A cup?" '["default", "Open", "green", "Green tea"]' '{}' 0
by_and_by is_up
sleep 1
clicks=0
for button in 1 1 3; do
    clicks=$((clicks + 1))
    # On the text, beside the buttons.
    xdotool mousemove --window "$(popup)" 120 20 click $button
    by_and_by invoked $clicks
done
sleep 2
grep -o "Notifications\.[AN][a-z]*[A-Z].*" /tmp/told
is_up && echo "it is still there"
! grep -q NotificationClosed /tmp/told && echo "and nothing tells that it is closed"
[ "$(grep -c "ActionInvoked (uint32 1, 'default')" /tmp/told)" = 3 ]
call CloseNotification 1
by_and_by is_down
D
bwrap --bind "$dir/root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run --ro-bind "$dir/desk" /usr/desk --unshare-pid --die-with-parent \
    timeout 120 dbus-run-session -- bash -e /usr/desk 2>"$dir/errors" | tee "$dir/seen" || { tail -n 20 "$dir/errors"; exit 1; }
[ "$(grep -c "^it is still there\|^and nothing tells" "$dir/seen")" = 2 ]
echo "so it is: what was answered stays, and a right click is an answer"
