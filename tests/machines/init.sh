#!/bin/busybox sh
# The first process of the machine, in its first file system: goes on to the files that it is to have, with what it changes kept in memory,
# or on its disk where it has one.
/bin/busybox mkdir -p /proc /sys /dev /files /changes /root
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*; do
    insmod "$module"
done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro root /files
if [ -e /dev/vda ]; then
    mount -t ext4 /dev/vda /changes
else
    mount -t tmpfs changes /changes
fi
mkdir -p /changes/upper /changes/work
mount -t overlay -o lowerdir=/files,upperdir=/changes/upper,workdir=/changes/work root /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t devtmpfs dev /root/dev
mount -t tmpfs run /root/run
mkdir /root/run/share /root/run/host
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /root/run/host
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none share /root/run/share
# One that starts for ever, as after a panic, is switched off.
echo started >>/root/run/share/starts
[ "$(wc -l </root/run/share/starts)" -lt 10 ] || poweroff -f
exec switch_root /root /bin/bash /run/share/inside.sh
