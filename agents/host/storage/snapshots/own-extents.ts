import { type Sys, WORDLESS_ENVIRONMENT } from '../../sys/sys.ts'

/** A disk that was written to at random has extents without number: past this nobody waits for them. */
const SECONDS_MOST = 5
const BLOCK_BYTES = 4096

/** For perl(1): of each file, the blocks of extents that filefrag(8) does not call shared. */
const COUNT = `
my @own;
open(my $out, '-|', 'timeout', shift, 'filefrag', '-v', '-b' . shift, @ARGV) or die;
while (<$out>) {
  if (/^File size of /) { push @own, 0 }
  elsif (/^ *[0-9]+: *[0-9]+\\.\\. *[0-9]+: *[0-9]+\\.\\. *[0-9]+: *([0-9]+):(.*)$/) { $own[-1] += $1 unless $2 =~ /shared/ }
}
print "@own" if close($out);
`

/** Bytes of these files in blocks that no other file shares; empty where that is not told, or not soon. */
export function ownExtents(sys: Sys, files: readonly string[]): Map<string, number> {
  if (files.length === 0) return new Map()
  const words = [SECONDS_MOST, BLOCK_BYTES].map(String)
  const counted = sys.run(['perl', '-e', COUNT, ...words, ...files], { env: WORDLESS_ENVIRONMENT })
  const blocks = counted.stdout.split(' ').filter((word) => word !== '')
  if (counted.code !== 0 || blocks.length !== files.length) return new Map()
  return new Map(files.map((file, index) => [file, Number(blocks[index]) * BLOCK_BYTES]))
}
