import { InputError } from "../errors.ts";

/** A piece of evidence that is or should be there; `participant` is `null` where a source speaks of the provider as a whole. */
export interface EvidenceKey {
  readonly provider: string;
  readonly criterion: string;
  readonly sourceType: string;
  readonly participant: string | null;
}

/** What a criterion asks for. */
export interface ExpectedSource {
  readonly criterion: string;
  readonly sourceType: string;
  /** One of each participant that was asked, or one of the provider. */
  readonly per: "participant" | "provider";
}

/** Expected and received pieces of one provider, criterion and source type. */
export interface Coverage {
  readonly provider: string;
  readonly criterion: string;
  readonly sourceType: string;
  readonly expected: number;
  readonly received: number;
  /** Participants of whom it is missing, ascending; empty where the source is of the provider. */
  readonly missing: readonly string[];
}

/**
 * What should be there by criteria and roster, beside what is. What nobody expected is left out of account: it cannot make up for what is
 * missing.
 * @param asked participants of each provider whom the intermediary asked; those who withdrew their consent left out
 * @returns in order of the providers and sources as given
 */
export function missingEvidence(
  sources: readonly ExpectedSource[],
  asked: ReadonlyMap<string, readonly string[]>,
  received: readonly EvidenceKey[],
): Coverage[] {
  const there = new Set(received.map(keyOf));
  const isThere = (one: EvidenceKey): boolean => there.has(keyOf(one));
  return [...asked].flatMap(([provider, participants]) =>
    sources.map(({ criterion, sourceType, per }) => {
      const people = per === "provider" ? [null] : [...new Set(participants)].sort();
      const missing = people.filter((participant) => !isThere({ provider, criterion, sourceType, participant }));
      return {
        provider,
        criterion,
        sourceType,
        expected: people.length,
        received: people.length - missing.length,
        missing: missing.filter((participant) => participant !== null),
      };
    }),
  );
}

function keyOf({ provider, criterion, sourceType, participant }: EvidenceKey): string {
  return JSON.stringify([provider, criterion, sourceType, participant]);
}

/**
 * The score with what is missing: each missing piece stands at `missingValue`, or at the mean of what was received where that is lower, so that
 * nothing missing is ever good. The lower of the worst-case bounds of Manski, "Partial identification of probability distributions"
 * (2003), where `missingValue` is 0. At 0 nobody gains by holding a piece back, whatever it says; above it who holds back
 * pieces below that value does, so another value is only for silence that is not the provider's to break.
 * @param mean score of what was received, basis points; `null` where nothing was
 * @returns basis points, rounded down; `null` where nothing was expected
 */
export function scoreWithMissing(
  mean: number | null,
  { expected, received }: Pick<Coverage, "expected" | "received">,
  missingValue = 0,
): number | null {
  if (received > expected || received < 0) {
    throw new InputError("more received than expected", { value: String(received), limit: `0 to ${expected}` });
  }
  if (expected === 0) return null;
  const known = received === 0 || mean === null ? 0 : received;
  const value = mean === null ? missingValue : Math.min(mean, missingValue);
  return Math.floor((known * (mean ?? 0) + (expected - known) * value) / expected);
}
