#!/bin/busybox sh
# The first process of the machine, in its first file system: goes on to the files of the host, with what it changes kept in memory.
/bin/busybox mkdir -p /proc /sys /dev /host /changes /root
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*; do
    insmod "$module"
done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /host
mount -t tmpfs changes /changes
mkdir /changes/upper /changes/work
mount -t overlay -o lowerdir=/host,upperdir=/changes/upper,workdir=/changes/work root /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t devtmpfs dev /root/dev
mount -t tmpfs run /root/run
mkdir /root/run/share
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none share /root/run/share
exec switch_root /root /bin/bash /run/share/inside.sh
