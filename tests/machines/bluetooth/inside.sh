# The first process of the machine on the files of the host: makes them a place to work in, does as ordered, switches off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Elsewhere than in such a machine there are none, and nothing is done.
. /run/share/orders || exit

mkdir -p /dev/shm /dev/pts /lib/modules /var/lib/bluetooth
mount -t tmpfs shm /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs keys /var/lib/bluetooth
mount --bind "$modules" /lib/modules
mkdir -p /run/dbus /run/lock
# Not among the files of another Debian.
$(command -v busybox || echo /run/host/bin/busybox) ifconfig lo up
# All that the Bluetooth stack asks the kernel for. From here on nothing more is looked for: whoever asks waits for that, and a
# controller that waits does not answer in time.
modprobe -a hci_vhci uhid bnep algif_hash algif_skcipher aes_generic cmac ecb ecdh_generic
echo >/proc/sys/kernel/modprobe

# Through a pipe: on the console itself programs would write in colour.
ordered 2>&1 | cat
echo "${PIPESTATUS[0]}" >/run/share/status

# Off without a word to anybody: all that was written has gone out when the write returns.
echo o >/proc/sysrq-trigger
# The power goes in the middle of this.
read -r </dev/zero
