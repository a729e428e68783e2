/**
 * The shell scripts of enrolment. Over SSH there is always a shell at the other end, so these are constants: nothing is
 * ever put into their text, all data comes through stdin. They run as `sh -c '<script>'` and therefore hold no single
 * quote. POSIX sh.
 */
import { HOST_PATHS } from '../../contract/agent-protocol.ts'
import { HOST_TOOL_NAMES } from '../../contract/host-facts.ts'

const PRELUDE = `
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export PATH
umask 077
`

/** Prints key=value lines, for `parseInspection`. Changes nothing. */
export const INSPECT = `${PRELUDE}
printf "machine=%s\\n" "$(uname -m)"
printf "kernel=%s\\n" "$(uname -r)"
sed -n "s/^\\(ID\\|VERSION_ID\\|PRETTY_NAME\\)=/os-\\1=/p" /etc/os-release 2>/dev/null
for tool in ${HOST_TOOL_NAMES.join(' ')}; do
  command -v "$tool" >/dev/null || ls /usr/lib/*/"$tool" >/dev/null 2>&1 && printf "tool=%s\\n" "$tool"
done
for manager in apt-get dnf yum zypper apk pacman; do
  if command -v "$manager" >/dev/null; then printf "manager=%s\\n" "$manager"; break; fi
done
vz=${HOST_PATHS.vz}; [ -d "$vz" ] || vz=/
printf "root-free-kib=%s\\n" "$(df -Pk / | awk "NR==2 {print \\$4}")"
printf "vz-free-kib=%s\\n" "$(df -Pk "$vz" | awk "NR==2 {print \\$4}")"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then printf "cgroups=v2\\n"
elif [ -d /sys/fs/cgroup/memory ]; then printf "cgroups=v1\\n"
else printf "cgroups=none\\n"; fi
printf "user-namespaces=%s\\n" "$(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0)"
`

/** Stdin: package names, one a line. Prints what apt-get prints, and "@unavailable NAME". */
export const INSTALL_PACKAGES = `${PRELUDE}
umask 022
DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
apt-get update -q </dev/null 2>&1 || echo "The package lists could not all be fetched."
wanted=
while IFS= read -r name; do
  if apt-cache show "$name" >/dev/null 2>&1; then wanted="$wanted $name"; else echo "@unavailable $name"; fi
done
[ -n "$wanted" ] || exit 0
# Word splitting is meant: the names are ours.
exec apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 $wanted </dev/null 2>&1
`

/**
 * Stdin: operation id, the panel's key (base64), its whole line for authorized_keys, the release key's line, the agent's
 * SHA-256, then the agent to its end: a connection that breaks looks like that end too. What it adds is noted before it is added, so that the removal takes away that and nothing else.
 */
export const INSTALL_AGENT = `${PRELUDE}
set -eu
IFS= read -r operation; IFS= read -r blob; IFS= read -r key_line; IFS= read -r release_line
IFS= read -r digest
state=${HOST_PATHS.state}
note="$state/enrolment-$operation"
new_state=; [ -d "$state" ] || new_state=1
mkdir -p "$state"; chmod 700 "$state"
[ -z "$new_state" ] || echo state >>"$note"
added() { [ -e "$1" ] || echo "$2" >>"$note"; }
added ${HOST_PATHS.agent} agent
added ${HOST_PATHS.vz} vz
mkdir -p ${HOST_PATHS.journal} ${HOST_PATHS.vz}
# Epochs that an earlier enrolment left count no more once the host holds none of its VEs.
[ -n "$(ls -A ${HOST_PATHS.ve} 2>/dev/null)" ] || rm -rf "$state/ve"
chmod 700 ${HOST_PATHS.journal} ${HOST_PATHS.vz}
lib=${HOST_PATHS.agent}; lib=\${lib%/*}
mkdir -p "$lib"; chmod 755 "$lib"
printf "%s\\n" "$release_line" >"$lib/.release-keys.new"
cat >"$lib/.agent.js.new"
if [ "$(sha256sum <"$lib/.agent.js.new" | cut -c1-64)" != "$digest" ]; then
  echo "The agent arrived incomplete." >&2; exit 1
fi
chmod 644 "$lib/.release-keys.new" "$lib/.agent.js.new"
sync "$lib/.release-keys.new" "$lib/.agent.js.new"
mv -f "$lib/.release-keys.new" ${HOST_PATHS.releaseKeys}
mv -f "$lib/.agent.js.new" ${HOST_PATHS.agent}
home=$(getent passwd root | cut -d: -f6); [ -n "$home" ] || home=/root
mkdir -p "$home/.ssh"; chmod 700 "$home/.ssh"
keys=$(readlink -f "$home/.ssh/authorized_keys")
if ! grep -qF -- "$blob" "$keys" 2>/dev/null; then echo key >>"$note"; fi
{ grep -vF -- "$blob" "$keys" 2>/dev/null || true; printf "%s\\n" "$key_line"; } >"$keys.corral-new"
sync "$keys.corral-new"
mv -f "$keys.corral-new" "$keys"
`

/** Stdin: operation id, the panel's key (base64). Takes away what that operation added. */
export const REMOVE_AGENT = `${PRELUDE}
set -eu
IFS= read -r operation; IFS= read -r blob
state=${HOST_PATHS.state}
note="$state/enrolment-$operation"
[ -f "$note" ] || exit 0
has() { grep -qx "$1" "$note"; }
if has key; then
  home=$(getent passwd root | cut -d: -f6); [ -n "$home" ] || home=/root
  keys=$(readlink -f "$home/.ssh/authorized_keys")
  grep -vF -- "$blob" "$keys" >"$keys.corral-new" || true
  mv -f "$keys.corral-new" "$keys"
fi
lib=${HOST_PATHS.agent}; lib=\${lib%/*}
rm -f "$lib/.release-keys.new" "$lib/.agent.js.new"
if has agent; then
  rm -f ${HOST_PATHS.agent} ${HOST_PATHS.agent}.previous ${HOST_PATHS.releaseKeys}
  rmdir "$lib" 2>/dev/null || true
fi
if has vz; then rmdir ${HOST_PATHS.vz} 2>/dev/null || true; fi
if has state; then rm -rf "$state"; else rm -f "$note"; fi
`
