#!/bin/sh
# The first program of the guest: loads what the disk needs and hands over to its init.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for module in /mods/*; do $b insmod "$module"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 400 ]; do tries=$((tries + 1)); $b usleep 50000; done
$b mount -t ext4 -o rw,noatime /dev/vda /newroot || { echo "the disk did not appear"; exec $b poweroff -f; }
$b umount /proc
$b mount --move /dev /newroot/dev
exec $b switch_root /newroot /sbin/init
