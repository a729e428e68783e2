/**
 * What reads and writes a VE's files: Perl in namespaces of its own, as the VE's root, chrooted into the tree. It is the
 * host's Perl, loaded whole before the chroot, and it runs no program afterwards: whatever stands in the tree, nothing of it
 * is executed, and a symbolic link leads nowhere but into that tree. Constant text; data comes on standard input.
 */

/** The ids are taken by Perl itself: a process that changed its ids cannot be traced by others of those ids (prctl(2)). */
const ENTER = `
use strict; use Fcntl;
$) = '0 0'; $( = 0; $< = $> = 0; die "not the VE's root: $!\\n" if $> != 0 || $< != 0;
chroot('.') && chdir('/') or die "chroot: $!\\n";
`

/** Lists of hosts that block advertisements have some megabytes. */
const READ_BYTES_MOST = 4_000_000

/**
 * Prints what each path of standard input is ("F path", "D path", "L path"), ".", and of each file "path:text" up to a NUL. What is
 * neither file, directory nor link is not opened. Fails when there is too much text: what was read in part would be written back
 * without the rest.
 */
export const READ_SCRIPT = `${ENTER}
my ($left, @text) = (${READ_BYTES_MOST});
while (my $path = <STDIN>) {
  chomp $path;
  my $kind = -l $path ? 'L' : -d _ ? 'D' : -f _ ? 'F' : next;
  print "$kind $path\\n";
  next unless $kind eq 'F' && sysopen(my $file, $path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  next unless -f $file;
  $left -= read($file, my $read, $left + 1) // die "$path: $!\\n";
  die "/$path in the VE is too large: of all files that the host looks after it reads ${READ_BYTES_MOST / 1_000_000} MB\\n" if $left < 0;
  $read .= "\\n" if $read =~ /[^\\n]\\z/;
  $read =~ tr/\\0//d;
  push @text, "$path:$read\\0";
}
print ".\\n", @text;
`

/**
 * Lines "MODE path text" from standard input; in the text \\n is a line's end and \\\\ a backslash. Each file appears whole or not
 * at all, in place of whatever had its name. Mode "kept": owner, group and mode of the file that is there stay. With the
 * argument "fresh" the SSH host keys that are there go first: they are another's. So does a machine-id that D-Bus keeps for itself; it
 * takes up that of /etc then (dbus-uuidgen(1)).
 */
export const WRITE_SCRIPT = `${ENTER}
sub clear {
  my ($path) = @_;
  if (-l $path || !-d _) { unlink $path; return }
  opendir(my $dir, $path) or die "$path: $!\\n";
  clear("$path/$_") for grep { $_ ne '.' && $_ ne '..' } readdir $dir;
  rmdir $path;
}
sub directories {
  my ($path) = @_;
  return if $path !~ s{/[^/]*\\z}{} || -d $path;
  directories($path);
  mkdir $path, 0755 or die "$path: $!\\n";
}
umask 022;
if (@ARGV && $ARGV[0] eq 'fresh' && opendir(my $keys, 'etc/ssh')) {
  unlink map { "etc/ssh/$_" } grep { /^ssh_host_/ } readdir $keys;
}
unlink 'var/lib/dbus/machine-id' if @ARGV && $ARGV[0] eq 'fresh' && !-l 'var/lib/dbus/machine-id' && -f _;
while (my $line = <STDIN>) {
  chomp $line;
  my ($mode, $path, $text) = split / /, $line, 3;
  $text =~ s/\\\\(.)/$1 eq 'n' ? "\\n" : $1/ge;
  unlink 'root/.ssh' if $path =~ m{^root/\\.ssh/} && -l 'root/.ssh';
  directories($path);
  chmod 0700, 'root/.ssh' if $path =~ m{^root/\\.ssh/};
  my $new = "$path.corral-new";
  clear($new);
  sysopen(my $file, $new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600) or die "$new: $!\\n";
  my ($uid, $gid, $bits) = (0, 0, oct $mode);
  ($bits, $uid, $gid) = (stat $path)[2, 4, 5] if $mode eq 'kept';
  chown $uid, $gid, $file or die "$new: $!\\n";
  chmod $bits & 07777, $file or die "$new: $!\\n";
  print $file $text and close $file or die "$new: $!\\n";
  clear($path) if !-l $path && -d _;
  rename $new, $path or die "$path: $!\\n";
}
`
