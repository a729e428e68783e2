/** Above what people number their own projects with; the greatest veid still fits below 2³². */
const FIRST = 2_000_000_000

/** The project that a VE's files are in: see quota(5), xfs_quota(8). */
export const projectOf = (veid: number) => FIRST + veid
/** For a trial. */
export const TRIAL_PROJECT = FIRST - 1
/** What is in snapshots counts for none of them. */
export const SNAPSHOTS_PROJECT = 1_900_000_000
