#!/usr/bin/env bash
# Boots a machine of its own for a test, and is that machine until it switches itself off. What it prints is its console.
#
#   tests/machines/boot.sh KERNEL SHARE INSIDE COMMAND...
#
# KERNEL is the folder that kernel.sh filled. The machine sees the files of this one, read-only, and whatever it changes is gone
# with it: only SHARE, an empty folder, is in the machine the same, as /run/share. INSIDE is the script of its first process there; it
# has COMMAND run, as root, and leaves its status in SHARE/status.
#
# Where KINDBEAT_ROOT names a folder with another system, the machine has the files of that, and those of this one in /run/host.
#
# Where KINDBEAT_DISK is set, what it changes is on a disk, and still there when it has restarted; gone only when it is off. SHARE/starts
# has a line for each start.
#
# Where KINDBEAT_RADIO names a folder with the sockets of stacks/radio.py, it has ports to them, named as they are.
#
# The processor is emulated, so that it needs neither hardware nor rights: any user may boot it.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$(cd "$1" && pwd -P)
share=$(cd "$2" && pwd)
inside=$3
root=${KINDBEAT_ROOT:-/}
disk=${KINDBEAT_DISK:-}
radio=${KINDBEAT_RADIO:-}
shift 3
version=$(ls "$kernel/lib/modules")

# What the machine is to do. Not on the kernel's command line, which is short and knows no quotes.
cp "$inside" "$share/inside.sh"
{
    printf 'modules=%q\nordered() { ' "${KINDBEAT_ROOT:+/run/host}$kernel/lib/modules"
    printf '%q ' "$@"
    printf '; }\n'
} >"$share/orders"

# Its first file system: just enough to reach the real one.
first=$share/first
mkdir -p "$first/bin" "$first/modules"
busybox=$(command -v busybox)
cp "$busybox" "$first/bin/busybox"
# Where it is not of one piece, with what it is linked to.
for library in $(ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*'); do
    cp --parents --dereference "$library" "$first/"
done
cp "$here/init.sh" "$first/init"
chmod +x "$first/init"
number=100
for module in virtio_pci 9pnet_virtio 9p overlay ${disk:+virtio_blk ext4} ${radio:+virtio_console}; do
    modprobe --dirname "$kernel" --set-version "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    # Each behind those that it needs.
    case "$file" in
        *.xz) xz --decompress --stdout "$file" >"$first/modules/$number-$(basename "$file" .xz)" ;;
        *) cp "$file" "$first/modules/$number-$(basename "$file")" ;;
    esac
    number=$((number + 1))
done
(cd "$first" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$share/first.cpio"

options=(
    # A smaller machine than a PC, without timers, never learns how fast its emulated processor is. A second processor makes
    # it slower: each waits for the other.
    -M pc -accel tcg -cpu max -smp 1 -m 768
    -nodefaults -no-user-config -display none -serial stdio
    -kernel "$kernel/vmlinux" -initrd "$share/first.cpio"
    # The kernel's tests of its own arithmetic take seconds here; random numbers are taken from the processor, as nothing
    # happens by chance in such a machine.
    -append "console=ttyS0 quiet panic=-1 nokaslr mitigations=off cryptomgr.notests random.trust_cpu=on"
    -fsdev "local,id=root,path=${root//,/,,},security_model=none,readonly=on,multidevs=remap"
    -device virtio-9p-pci,fsdev=root,mount_tag=root
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap
    -device virtio-9p-pci,fsdev=host,mount_tag=host
    -fsdev "local,id=share,path=${share//,/,,},security_model=none"
    -device virtio-9p-pci,fsdev=share,mount_tag=share
)
if [ -n "$disk" ]; then
    truncate --size=1G "$share/disk"
    mke2fs -q -t ext4 -O ^has_journal "$share/disk"
    options+=(-drive "file=${share//,/,,}/disk,format=raw,if=virtio,cache=unsafe")
else
    options+=(-no-reboot)
fi
if [ -n "$radio" ]; then
    options+=(-device virtio-serial)
    for port in adapter second strap; do
        options+=(-chardev "socket,id=$port,path=${radio//,/,,}/$port" -device "virtserialport,chardev=$port,name=$port")
    done
fi
exec qemu-system-x86_64 "${options[@]}" </dev/null
