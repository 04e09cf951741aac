#!/bin/sh
# Mounts the volume of the home, and makes a file system only where there is none.
set -eu
until [ -b "${device}" ]; do sleep 1; done
blkid "${device}" >/dev/null || mkfs.ext4 -q "${device}"
mkdir -p /var/lib/rancher/k3s/storage
mount -o nodev,nosuid "${device}" /var/lib/rancher/k3s/storage
systemctl enable --now k3s
