# The first process of the machine, on the files of a Debian 13: at its first start makes it a computer on which anna has installed the
# service as the README says, then becomes systemd. At each later start anna is logged in by itself: on the console into sway, by
# LightDM into Xfce and LXQt. As a service of systemd, it sees to what is told of each login, has her log out, and starts the
# machine anew for the next desktop.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Elsewhere than in such a machine there are none, and nothing is done.
. /run/share/orders || exit
# The program, and the folder of its source, on the computer that runs this machine; whether all is wanted.
eval "$(ordered)"
here=/run/host$source
desktops=(sway)
[ -z "$all" ] || desktops+=(xfce lxqt)
# In seconds; many times what anything takes on a busy computer.
LIMIT=240
start=$(wc -l </run/share/starts)

hers() { setpriv --reuid=4321 --regid=4321 --init-groups env -i HOME=/home/anna LC_ALL=C.UTF-8 PATH="/home/anna/.local/bin:$PATH" \
    XDG_RUNTIME_DIR=/run/user/4321 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/4321/bus "$@"; }
# What the manager of her services knows of the desktop.
of_manager() { hers systemctl --user show-environment | sed -n "s/^$1=//p"; }
on_desktop() { hers env DISPLAY="$(of_manager DISPLAY)" WAYLAND_DISPLAY="$(of_manager WAYLAND_DISPLAY)" \
    XDG_CURRENT_DESKTOP="$(of_manager XDG_CURRENT_DESKTOP)" "$@"; }
of_unit() { hers systemctl --user show kindbeat --property="$1" --value; }
# Of this start of the machine.
log() { journalctl --quiet --boot --output=cat "$@" "_SYSTEMD_USER_UNIT=kindbeat.service"; }
# Without another program, each of which takes an emulated processor a while.
tell() {
    local at=$EPOCHREALTIME line
    TZ=UTC printf -v line '{"at":"%(%FT%T)T.%sZ","fact":%s}' "${at%.*}" "${at#*.}" "${1//$'\n'/}"
    echo "$line" >>/run/share/account
    echo "$line" >/dev/console
}
fail() { echo "never: $1" >/dev/console; exit 1; }
soon() {  # what, and what has to become true
    local what=$1 due=$((SECONDS + LIMIT))
    shift
    echo "waiting for $what" >/dev/console
    until "$@"; do
        [ "$SECONDS" -lt "$due" ] || fail "$what"
        sleep 0.5
    done
}
is() { [ "$(of_unit ActiveState)" = "$1" ]; }
daemons() { pgrep --count --exact --uid anna kindbeat; }

checks() {
    checked=$(on_desktop kindbeat doctor --json | grep -o '{"check":"service"[^}]*}')
    # Neither the service nor systemd has kept it waiting for too long.
    [ -n "$checked" ] && [[ $checked != *'"fault"'* && $checked != *'systemd does not say'* ]]
}

installs() {
    # All lines of the README but the first, which builds the program, and the last, which asks how it is.
    sed -n '/^## Install it/,/^## /p' "$here/README.md" | grep -E '^(install|sed|systemctl --user (daemon-reload|enable)) ' |
        sed 's/ --now / /' >/run/install
    (cd "$here" && hers bash -euo pipefail /run/install) || fail "the lines of the README"
    [ "$(of_unit UnitFileState)" = enabled ] || fail "the service is enabled"
}

logs_in() {
    echo "waiting for kindbeat on $1" >/dev/console
    # Whoever asks again and again keeps an emulated processor busy.
    timeout "$LIMIT" grep --quiet --max-count=1 'INFO ready' < <(log --follow --lines=all) || fail "kindbeat on $1"
    soon "the service on $1" is active
    [ "$1" != lxqt ] || soon "the session target" hers systemctl --user is-active --quiet graphical-session.target
    # Nobody else starts it meanwhile.
    sleep 5
    tell "{\"LoggedIn\":{\"desktop\":\"$1\",\"daemons\":$(daemons),\"state\":\"$(of_unit SubState)\",\"starts\":$(log | grep -c 'INFO ready'),
        \"display\":\"$(of_manager WAYLAND_DISPLAY) $(of_manager DISPLAY)\",
        \"target\":\"$(hers systemctl --user is-active graphical-session.target)\"}}"
    # A computer that has just started is slow.
    soon "doctor on $1" checks
    tell "{\"Doctor\":[\"$1\",$checked]}"
}

logs_out() {
    local process reason
    process=$(of_unit MainPID)
    tell "{\"LogsOut\":\"$1\"}"
    case $1 in
        sway) hers env SWAYSOCK="$(of_manager SWAYSOCK)" swaymsg exit ;;
        xfce) on_desktop xfce4-session-logout --logout ;;
        lxqt) hers busctl --user call org.lxqt.session /LXQtSession org.lxqt.session logout ;;
    esac
    echo "waiting for the end of kindbeat on $1" >/dev/console
    timeout "$LIMIT" tail --pid="$process" --sleep-interval=0.2 --follow /dev/null || fail "the end of kindbeat on $1"
    soon "the end of the service on $1" is inactive
    reason=$(log | sed -n 's/.*the login is over: //p' | tail -n 1)
    tell "{\"Ended\":{\"desktop\":\"$1\",\"reason\":\"$reason\",\"daemons\":$(daemons),
        \"manager\":\"$(systemctl is-active user@4321)\",\"result\":\"$(of_unit Result)\"}}"
}

# At the next start.
log_in_on() {
    local way=lightdm
    [ "$1" != sway ] || way=console
    rm -rf /etc/systemd/system/login.target.wants
    mkdir /etc/systemd/system/login.target.wants
    ln -s "$(ls /etc/systemd/system/$way.service /lib/systemd/system/$way.service 2>/dev/null | head -n 1)" /etc/systemd/system/login.target.wants/
    printf '[LightDM]\nlogind-check-graphical=false\n[Seat:*]\nautologin-user=anna\nautologin-session=%s\n' "$1" >/etc/lightdm/lightdm.conf
}

if [ "$$" -ne 1 ]; then
    (
        if [ "$start" = 1 ]; then
            installs
        else
            desktop=${desktops[start - 2]}
            logs_in "$desktop"
            logs_out "$desktop"
        fi
        next=${desktops[start - 1]:-}
        [ -n "$next" ] || exit 0
        log_in_on "$next"
        systemctl reboot
        sleep infinity
    )
    status=$?
    echo "$status" >/run/share/status
    [ "$status" = 0 ] || journalctl --quiet --boot --no-pager --lines=150 --output=short-monotonic >/dev/console
    echo o >/proc/sysrq-trigger
    read -r </dev/zero
fi

echo >/proc/sys/kernel/modprobe
if [ "$start" = 1 ]; then
    echo 00000000000000000000000000000001 >/etc/machine-id
    # What else is installed here is not to start, for the system or for a user.
    rm -rf /etc/systemd/{system,user}/* /lib/systemd/system/*.{wants,requires} /usr/lib/systemd/user/{default,timers,paths}.target.wants
    find /usr/lib/systemd/user/sockets.target.wants ! -name dbus.socket -type l -delete
    rm -rf /etc/xdg/autostart/* /usr/share/dbus-1/services/*otifications.service /{lib,usr/lib}/systemd/{system,user}-generators
    ln -s /dev/null /etc/systemd/system/modprobe@.service
    # Her manager is there before she logs in, and goes on when she has logged out: what ends the service is the logout.
    mkdir -p /var/lib/systemd/linger
    touch /var/lib/systemd/linger/anna
    echo 'anna:x:4321:4321::/home/anna:/bin/bash' >>/etc/passwd
    echo 'anna:x:4321:' >>/etc/group
    echo 'anna:*:19000::::::' >>/etc/shadow
    config=/home/anna/.config
    mkdir -p /home/anna/.local/bin $config/{autostart,sway,lxqt}
    install -m 755 "/run/host$program" /home/anna/.local/bin/kindbeat
    # The line of the README.
    { echo 'include /etc/sway/config.d/*'; grep '^exec systemctl' "$here/README.md"; } >$config/sway/config
    # Where there are several, LXQt asks at its first start which one is to be used, and waits.
    printf '[General]\nwindow_manager=openbox\n' >$config/lxqt/session.conf
    # On LXQt a session target is started as well, as GNOME and Plasma do: the target and the entry both start the service.
    printf '[Unit]\nBindsTo=graphical-session.target\n' >/etc/systemd/user/desk.target
    printf '[Desktop Entry]\nType=Application\nName=desk\nOnlyShowIn=LXQt\nExec=systemctl --user start desk.target\n' >$config/autostart/desk.desktop
    echo '[ "$(tty)" != /dev/tty1 ] || exec sway' >/home/anna/.bash_profile
    chown --recursive 4321:4321 /home/anna
    chmod 700 /home/anna
    # A graphics card is not there.
    printf 'WLR_BACKENDS=headless\nWLR_RENDERER=pixman\n' >>/etc/environment
    cat >/etc/X11/xorg.conf <<'END'
Section "ServerFlags"
    Option "AutoAddDevices" "false"
EndSection
Section "Device"
    Identifier "none"
    Driver "dummy"
EndSection
END
    cat >/etc/systemd/system/login.target <<'END'
[Unit]
Wants=systemd-journald.service dbus.service systemd-logind.service story.service user@4321.service
END
    cat >/etc/systemd/system/story.service <<'END'
[Unit]
After=dbus.service systemd-logind.service user@4321.service
[Service]
ExecStart=/bin/bash /run/share/inside.sh
KillMode=none
END
    cat >/etc/systemd/system/console.service <<'END'
[Unit]
After=dbus.service systemd-logind.service
[Service]
ExecStart=-/sbin/agetty --autologin anna --noclear tty1 linux
UtmpIdentifier=tty1
TTYPath=/dev/tty1
TTYReset=yes
TTYVHangup=yes
IgnoreSIGPIPE=no
SendSIGHUP=yes
END
fi

exec env -i PATH="$PATH" /lib/systemd/systemd --unit=login.target
