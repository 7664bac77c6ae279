import { midMedian } from "./median.ts";
import { checkRange, checkShare, checkWhole, clamp } from "./numbers.ts";

/** A provider with what its peers are found by. */
export interface PeerInput {
  /** What makes its work harder or easier, such as the share of poor clients; any unit. */
  readonly exposure: number;
  /** 0 to 1, more being better; null where not judged. */
  readonly score: number | null;
}

/** A provider among its peers. */
export interface PeerResult {
  /** Number of its group, from 0 with the least exposure. */
  readonly group: number;
  /** Median score of its group; null where nobody in it was judged. */
  readonly median: number | null;
  /** The pool's median plus its difference from the group's, within 0 to 1; null where not judged. */
  readonly score: number | null;
}

/** Groups as in Medicare's readmissions programme, and how few providers a group may have. */
export const PEER_RULE = { groups: 5, minGroup: 5 } as const;

/**
 * Compares providers within groups of like exposure: quintiles by exposure, each provider against its group's median (the hospital
 * readmissions reduction programme since 2019, 42 CFR 412.152–154). Equal exposures share a group; a pool too small for so many
 * groups of `minGroup` gets fewer, at last one, which changes nothing.
 * Coarse by design: within a group exposure still differs. Where cases themselves can be told apart, `standardise` says more.
 */
export function comparePeers(
  providers: readonly PeerInput[],
  { groups, minGroup }: { readonly groups: number; readonly minGroup: number } = PEER_RULE,
): PeerResult[] {
  checkWhole(groups, "groups", 1);
  checkWhole(minGroup, "minGroup", 1);
  const assigned = assign(
    providers.map(({ exposure }) => checkRange(exposure, "exposure", -Infinity)),
    Math.max(1, Math.min(groups, Math.floor(providers.length / minGroup))),
    minGroup,
  );
  const medianOf = (members: readonly PeerInput[]) => {
    const scores = members.flatMap(({ score }) => (score === null ? [] : [checkShare(score, "score")]));
    return scores.length === 0 ? null : midMedian(scores);
  };
  const pool = medianOf(providers);
  const medians = Array.from({ length: Math.max(0, ...assigned.map((group) => group + 1)) }, (_, group) =>
    medianOf(providers.filter((_one, i) => assigned[i] === group)),
  );
  return providers.map(({ score }, i) => {
    const median = medians[assigned[i]!] ?? null;
    const adjusted = score === null || pool === null || median === null ? null : clamp(pool + score - median, 0, 1);
    return { group: assigned[i]!, median, score: adjusted };
  });
}

/** Group of each exposure: cut at every n/groups-th, but never between equals, the last one joined to its neighbour where small. */
function assign(exposures: readonly number[], groups: number, minGroup: number): number[] {
  const sorted = exposures.toSorted((a, b) => a - b);
  const starts = [0];
  for (let i = 1; i < sorted.length; i++) {
    const full = i * groups >= starts.length * sorted.length && i - starts.at(-1)! >= minGroup;
    if (full && sorted[i] !== sorted[i - 1]) starts.push(i);
  }
  if (starts.length > 1 && sorted.length - starts.at(-1)! < minGroup) starts.pop();
  const lows = starts.map((start) => sorted[start]!);
  return exposures.map((exposure) => lows.findLastIndex((low) => low <= exposure));
}
