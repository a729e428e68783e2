/**
 * Runs at the end of a build, as root of the build's user namespace, with the new root as its first argument: turns a
 * Debian into a VE. Constant text.
 *
 * - sysvinit: no terminals that do not exist; services started side by side; SIGPWR (the agent's wish to halt) and SIGINT act at once; nothing that
 *   looks after hardware, clocks or disks, which are the host's. systemd: those units masked.
 * - nothing that has to be different in every VE: SSH host keys, machine id.
 * - nothing of the build: its apt and dpkg options (they name the host's proxy), package lists.
 */
export const CUSTOMIZE_SCRIPT = `#!/bin/sh
set -eu
root=$1

if [ -e "$root/etc/inittab" ]; then
  cat >"$root/etc/inittab" <<'END'
# /etc/inittab: init(8) of a VE.
id:2:initdefault:
# startpar(8) starts services side by side only where its input is a terminal, and a VE has no console: any terminal does.
si::sysinit:/etc/init.d/rcS </dev/ptmx
~~:S:wait:/sbin/sulogin --force
l0:0:wait:/etc/init.d/rc 0
l1:1:wait:/etc/init.d/rc 1
l2:2:wait:/etc/init.d/rc 2 </dev/ptmx
l3:3:wait:/etc/init.d/rc 3 </dev/ptmx
l4:4:wait:/etc/init.d/rc 4 </dev/ptmx
l5:5:wait:/etc/init.d/rc 5 </dev/ptmx
l6:6:wait:/etc/init.d/rc 6
z6:6:respawn:/sbin/sulogin --force
# The host asks for a halt with SIGPWR, for a reboot with SIGINT.
pf::powerfail:/sbin/init 0
ca:12345:ctrlaltdel:/sbin/init 6
END
  for service in hwclock.sh udev kmod brightness mount-configfs checkroot.sh checkroot-bootclean.sh \\
    checkfs.sh mountall.sh mountall-bootclean.sh mountnfs.sh mountnfs-bootclean.sh umountnfs.sh urandom \\
    umountroot bootlogs; do
    if [ -e "$root/etc/init.d/$service" ]; then
      rm -f "$root"/etc/rc?.d/[SK]??"$service"
    fi
  done
  # Without a kill link this pause would be all that a halt waits for.
  [ ! -e "$root/etc/default/halt" ] || sed -i 's/^HALT=.*/HALT=halt/' "$root/etc/default/halt"
fi

if [ -d "$root/lib/systemd/system" ]; then
  for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket \\
    systemd-udevd-kernel.socket systemd-modules-load.service systemd-remount-fs.service \\
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount systemd-timesyncd.service \\
    getty@tty1.service console-getty.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
fi

rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
: >"$root/etc/fstab"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -f "$root"/var/log/*.log "$root"/var/log/apt/* "$root"/var/cache/apt/*.bin
chroot "$root" dpkg-query -W -f '\${Package}\\n' | wc -l >"$root/../packages"
`
