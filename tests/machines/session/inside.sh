# The first process of the machine on the files of the host: makes them a place in which systemd starts next to nothing, and becomes
# systemd. As a service of that, it does as ordered and switches off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Elsewhere than in such a machine there are none, and nothing is done.
. /run/share/orders || exit

if [ "$$" -ne 1 ]; then
    # Through a pipe: on the console itself programs would write in colour.
    ordered 2>&1 | cat >/dev/console
    status=${PIPESTATUS[0]}
    echo "$status" >/run/share/status
    [ "$status" = 0 ] || journalctl --quiet --no-pager --lines=100 --output=short-monotonic >/dev/console
    # Off without a word to anybody: all that was written has gone out when the write returns.
    echo o >/proc/sysrq-trigger
    read -r </dev/zero
fi

# Nothing is loaded into this kernel: whoever asks would wait for that.
echo >/proc/sys/kernel/modprobe
# The host may be a container; this is none, and it is not its first start.
rm -f /.dockerenv
echo 00000000000000000000000000000001 >/etc/machine-id
# The X servers of the host are not reached from here.
rm -rf /tmp/.X*
# What else is installed here is not to start, for the system or for a user.
rm -rf /etc/systemd/{system,user} /lib/systemd/system-generators /usr/lib/systemd/user-generators
rm -rf /lib/systemd/system/*.{wants,requires} /usr/lib/systemd/user/{graphical-session,graphical-session-pre,default,timers}.target.wants
mkdir -p /etc/systemd/system
ln -s /dev/null /etc/systemd/system/modprobe@.service

cat >/etc/systemd/system/story.target <<'END'
[Unit]
Wants=systemd-journald.service dbus.service systemd-logind.service story.service
END
cat >/etc/systemd/system/story.service <<'END'
[Unit]
After=dbus.service systemd-logind.service
[Service]
ExecStart=/bin/bash /run/share/inside.sh
END
# Two sessions, each from its beginning on, on consoles of their own: PAM tells logind, and logind starts the manager of the user.
for session in desk:anna:1 guest:otto:2; do
    IFS=: read -r service user console <<<"$session"
    cat >"/etc/systemd/system/$service.service" <<END
[Service]
User=$user
PAMName=login
TTYPath=/dev/tty$console
Environment=XDG_SESSION_TYPE=wayland XDG_SESSION_CLASS=user
ExecStart=/bin/sleep infinity
END
done

exec env -i PATH="$PATH" /lib/systemd/systemd --unit=story.target
