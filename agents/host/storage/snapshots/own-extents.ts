/** Where files lie on the disk, by filefrag(8): what of them nobody else has. */
import { type Sys, WORDLESS_ENVIRONMENT } from '../../sys/sys.ts'

/** A disk that was written to at random has extents without number: past this nobody waits for them. */
const SECONDS_MOST = 5
const BLOCK_BYTES = 4096

/** For perl(1): what `$file` (by number), `$from` and `$blocks` are of each extent, `$flags` as filefrag(8) says them. */
const eachExtent = (body: string) => `
my $file = -1;
open(my $out, '-|', 'timeout', shift, 'filefrag', '-v', '-b' . shift, @ARGV) or die;
while (<$out>) {
  if (/^File size of /) { $file++; $seen[$file] = 0 }
  elsif (/^ *[0-9]+: *[0-9]+\\.\\. *[0-9]+: *([0-9]+)\\.\\. *[0-9]+: *([0-9]+):(.*)$/) {
    my ($from, $blocks, $flags) = ($1, $2, $3);
    ${body}
  }
}
close($out) && $file == $#ARGV or exit 1;
`

/** Of each file, the blocks of extents that are not called shared. */
const COUNT = `my @seen;${eachExtent('$seen[$file] += $blocks unless $flags =~ /shared/')}print "@seen";`

/**
 * Blocks that any file but the first has, and the first has not: extents in the order in which they lie on the disk, each with what
 * counts for it (one of the first file, one of any other) from its beginning to its end.
 */
const HELD = `my (@seen, %first, %other);
${eachExtent('next if $flags =~ /unknown|delalloc|inline/; my $of = $file == 0 ? \\%first : \\%other; $of->{$from}++; $of->{$from + $blocks}--;')}
my ($held, $at, $first, $other) = (0, 0, 0, 0);
my %all = (%first, %other);
for my $next (sort { $a <=> $b } keys %all) {
  $held += $next - $at if $other > 0 && $first == 0;
  $first += $first{$next} // 0;
  $other += $other{$next} // 0;
  $at = $next;
}
print $held;`

function count(sys: Sys, script: string, files: readonly string[]): number[] | null {
  const words = [SECONDS_MOST, BLOCK_BYTES].map(String)
  const counted = sys.run(['perl', '-e', script, ...words, ...files], { env: WORDLESS_ENVIRONMENT })
  if (counted.code !== 0) return null
  const blocks = counted.stdout.split(' ').filter((word) => word !== '')
  return blocks.map((each) => Number(each) * BLOCK_BYTES)
}

/** Bytes of these files in blocks that no other file shares; empty where that is not told, or not soon. */
export function ownExtents(sys: Sys, files: readonly string[]): Map<string, number> {
  const own = files.length === 0 ? [] : count(sys, COUNT, files)
  if (own === null || own.length !== files.length) return new Map()
  return new Map(files.map((file, index) => [file, own[index] ?? 0]))
}

/** Bytes that these files have and `beside` has not, those that several of them share once; null where that is not told, or not soon. */
export function heldExtents(sys: Sys, beside: string, files: readonly string[]): number | null {
  if (files.length === 0) return 0
  return count(sys, HELD, [beside, ...files])?.[0] ?? null
}
