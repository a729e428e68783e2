/**
 * What runs as a VE's root in namespaces of its own, chrooted into its tree: there a symbolic link leads nowhere but into that
 * tree. Constant text; data comes on standard input. The shell and its tools are the host's static busybox.
 */

/** Beneath the root as working directory: what no tree is asked to have, then the second script inside. */
export const ENTER_SCRIPT = `
set -eu
exec chroot . sh -c "$CORRAL_INSIDE"
`

/** The same with a /proc and a /dev of five nodes, for programs of the VE's own. */
export const ENTER_WITH_DEVICES_SCRIPT = `
set -eu
mount -t proc proc proc
mount -t tmpfs -o mode=755,size=64k dev dev
for node in null zero full random urandom; do
  : >dev/$node
  mount --bind /dev/$node dev/$node
done
exec chroot . sh -c "$CORRAL_INSIDE"
`

/**
 * Names what each path given in $CORRAL_PATHS is ("F path", "D path", "L path"), then each line of the files as "path:line"
 * (grep -H). What is neither file, directory nor link is not opened; a file's end is read at most. There is no /dev/null in there.
 */
export const READ_SCRIPT = `
set -u
files=
for path in $CORRAL_PATHS; do
  if [ -L "$path" ]; then echo "L $path"
  elif [ -d "$path" ]; then echo "D $path"
  elif [ -f "$path" ]; then echo "F $path"; files="$files $path"
  fi
done
echo .
[ -z "$files" ] || timeout 10 grep -a -H '' $files | head -c 1000000
exit 0
`

/** Lines "MODE path text" from standard input, text as printf's %b takes it. Each file appears whole or not at all. */
const PUT_ALL = `
umask 022
while read -r mode path text; do
  case $path in */*) [ -d "\${path%/*}" ] || mkdir -p "\${path%/*}" ;; esac
  case $path in root/.ssh/*) [ ! -L root/.ssh ] || { rm -f root/.ssh; mkdir root/.ssh; }; chmod 700 root/.ssh ;; esac
  new="$path.corral-new"
  rm -rf "$new"
  case $mode in 644) umask 022 ;; *) umask 077 ;; esac
  printf '%b' "$text" >"$new"
  umask 022
  if [ "$mode" = kept ]; then
    chown "$(stat -c %u:%g "$path")" "$new"
    chmod "$(stat -c %a "$path")" "$new"
  fi
  if [ -L "$path" ] || [ -d "$path" ]; then rm -rf "$path"; fi
  mv -f "$new" "$path"
done
`

export const WRITE_SCRIPT = `
set -eu
cd /
${PUT_ALL}`

/** A clone's SSH host keys are the template's no more; one of a kind that every client takes is made. */
export const WRITE_FRESH_SCRIPT = `
set -eu
cd /
keygen=
if [ -x /usr/bin/ssh-keygen ]; then # beside the rest: it takes as long as all of that
  rm -f /etc/ssh/ssh_host_*
  name=/etc/ssh/ssh_host_ed25519_key
  /usr/bin/ssh-keygen -q -t ed25519 -N '' -C "root@$CORRAL_HOSTNAME" -f $name </dev/null &
  keygen=$!
fi
${PUT_ALL}
[ -z "$keygen" ] || wait "$keygen"
`
