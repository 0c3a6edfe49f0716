# The first process of the machine, on the files of a Debian: makes it a computer on which anna has the service, and becomes systemd. As a
# service of that, it has her manager start the service as it is installed, then tries each limit of the unit by itself, and switches off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Elsewhere than in such a machine there are none, and nothing is done.
. /run/share/orders || exit
# The program, and the folder of its source, on the computer that runs this machine.
eval "$(ordered)"
here=/run/host$source
unit=$here/systemd/kindbeat.service
units=/home/anna/.config/systemd/user
# In seconds; many times what anything takes on a busy computer.
LIMIT=240

hers() { setpriv --reuid=4321 --regid=4321 --init-groups env -i HOME=/home/anna LC_ALL=C.UTF-8 PATH="$PATH" \
    XDG_RUNTIME_DIR=/run/user/4321 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/4321/bus "$@"; }
# Without another program, each of which takes an emulated processor a while.
tell() {
    local at=$EPOCHREALTIME line
    TZ=UTC printf -v line '{"at":"%(%FT%T)T.%sZ","fact":%s}' "${at%.*}" "${at#*.}" "${1//$'\n'/}"
    echo "$line" >>/run/share/account
    echo "$line" >/dev/console
}
fail() { echo "never: $1" >/dev/console; exit 1; }
# Lines that are a name, = and something, as JSON, until an empty one.
object() {
    local name value all=
    while IFS='=' read -r name value && [ -n "$name" ]; do all+=",\"$name\":\"$value\""; done
    printf '{%s}' "${all#,}"
}
of_unit() { hers systemctl --user show "$1" --property="$2" | object; }
service() { of_unit kindbeat Type,ActiveState,SubState,Result,NRestarts,WatchdogUSec,ExecMainStatus; }
ready() {  # for the how manieth time
    timeout "$LIMIT" grep --max-count="$1" 'INFO ready' > >(cat >/dev/null) \
        < <(journalctl --quiet --output=cat --follow --lines=all _SYSTEMD_USER_UNIT=kindbeat.service) || fail "ready $1"
}

# The limits: a line each, but for the number of the error, which goes with both that concern system calls.
limits() {
    sed -n '/^# What it keeps is private/,/^\[Install\]/p' "$unit" | grep -E '^[A-Z][A-Za-z]+=' | grep -v '^SystemCallErrorNumber='
}
# What is not in the unit: what came of it stands in the table, too.
others() { printf '%s\n' ProtectSystem=strict ProtectHome=read-only PrivateTmp=yes PrivateDevices=yes ProtectProc=invisible ProcSubset=pid CapabilityBoundingSet=; }

tries() {
    mkdir -m 777 /run/probes
    install -m 644 "$here/tests/machines/unit/probe.pl" /run/probe.pl
    touch /tmp/mark
    local number=0 limit
    {
        echo
        limits
        others
    } >/run/limits
    while IFS= read -r limit; do
        {
            printf '[Service]\nType=oneshot\nExecStart=/usr/bin/perl /run/probe.pl /home/anna\n'
            printf 'StandardOutput=file:/run/probes/%s\nStandardError=journal\n%s\n' "$number" "$limit"
            [[ $limit != SystemCall* ]] || grep '^SystemCallErrorNumber=' "$unit"
        } >"$units/probe$number.service"
        number=$((number + 1))
    done </run/limits
    hers systemctl --user daemon-reload
    local probes
    probes=$(seq --format='probe%g.service' 0 "$((number - 1))")
    # Those that fail are looked at, too.
    hers systemctl --user start $probes
    hers systemctl --user show --property=Result,ExecMainStatus $probes >/run/shown
    number=0
    while IFS= read -r limit; do
        tell "{\"Tried\":{\"limit\":\"$limit\",\"unit\":$(object <&3),\"seen\":$(object </run/probes/$number)}}"
        number=$((number + 1))
    done </run/limits 3</run/shown
}

if [ "$$" -ne 1 ]; then
    (
        tell "{\"Version\":\"$(systemctl --version | sed -n 's/^systemd \([0-9]*\).*/\1/p')\"}"
        hers systemctl --user start kindbeat || fail "a start"
        process=$(hers systemctl --user show kindbeat --property=MainPID --value)
        tell "{\"Started\":[$(service),$(sed -n 's/^\(NoNewPrivs\|Seccomp\|Umask\):\s*/\1=/p' "/proc/$process/status" | object)]}"
        ready 1
        tell "{\"Exposure\":\"$(hers systemd-analyze --user --no-pager security kindbeat.service | sed -n 's/.*Overall exposure level for kindbeat.service: \([0-9.]*\).*/\1/p')\"}"
        tries
        # Its loop stands still for longer than the watchdog waits, which is made short for it.
        mkdir "$units/kindbeat.service.d"
        printf '[Service]\nWatchdogSec=10\nRestartSec=1\n' >"$units/kindbeat.service.d/short.conf"
        hers systemctl --user daemon-reload
        hers systemctl --user restart kindbeat
        ready 2
        kill -STOP "$(hers systemctl --user show kindbeat --property=MainPID --value)"
        ready 3
        tell "{\"Revived\":$(service)}"
        hers systemctl --user stop kindbeat
        tell "{\"Stopped\":$(service)}"
    )
    status=$?
    echo "$status" >/run/share/status
    [ "$status" = 0 ] || journalctl --quiet --no-pager --lines=150 --output=short-monotonic >/dev/console
    echo o >/proc/sysrq-trigger
    read -r </dev/zero
fi

echo >/proc/sys/kernel/modprobe
echo 00000000000000000000000000000001 >/etc/machine-id
# What else is installed here is not to start, for the system or for a user.
rm -rf /etc/systemd/{system,user}/* /{lib,usr/lib}/systemd/{system,user}-generators
rm -rf /lib/systemd/system/*.{wants,requires} /usr/lib/systemd/user/{default,timers,paths}.target.wants
find /usr/lib/systemd/user/sockets.target.wants ! -name dbus.socket -type l -delete
ln -s /dev/null /etc/systemd/system/modprobe@.service
mkdir -p /var/lib/systemd/linger
touch /var/lib/systemd/linger/anna
echo 'anna:x:4321:4321::/home/anna:/bin/bash' >>/etc/passwd
echo 'anna:x:4321:' >>/etc/group
echo 'anna:*:19000::::::' >>/etc/shadow
mkdir -p /home/anna/.local/bin "$units"
install -m 755 "/run/host$program" /home/anna/.local/bin/kindbeat
cp "$unit" "$units/"
chown --recursive 4321:4321 /home/anna
chmod 700 /home/anna
# As for those who may play sound in real time: otherwise nobody may, and no limit is seen.
mkdir -p /etc/systemd/system/user@.service.d /etc/security/limits.d
printf '[Service]\nLimitRTPRIO=10\n' >/etc/systemd/system/user@.service.d/realtime.conf
echo 'anna - rtprio 10' >/etc/security/limits.d/realtime.conf

cat >/etc/systemd/system/story.target <<'END'
[Unit]
Wants=systemd-journald.service dbus.service systemd-logind.service user@4321.service story.service
END
cat >/etc/systemd/system/story.service <<'END'
[Unit]
After=user@4321.service
[Service]
ExecStart=/bin/bash /run/share/inside.sh
END

exec env -i PATH="$PATH" /lib/systemd/systemd --unit=story.target
