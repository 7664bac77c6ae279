import type { Hex } from "viem";
import { transcriptSchema } from "../interview/transcript.ts";
import { sourcesUnder, type JudgedUnit, type OpenedRound } from "../judgement/opened-round.ts";
import type { RoundSource } from "../judgement/round-sources.ts";
import { groupsOf, SAMPLED } from "../judgement/score.ts";
import { judgeDeviations, type JudgeDeviation } from "../statistics/deviating.ts";
import { effectiveVotes, type EffectiveVotes, type Judgements } from "../statistics/effective-votes.ts";
import { discountReports } from "./discount.ts";
import { instructionsIn, type InstructionHit } from "./instructions.ts";
import { auditsOf, jsonIn, removedIn, type AuditDraw, type AuditOrder } from "./round-audits.ts";

/** Sources whose words repeat one another; of people the first alone counts, of others it is only shown. */
export interface CopiesFound {
  readonly provider: string;
  readonly group: string;
  /** Leaves, the first that came in first. */
  readonly members: readonly string[];
  readonly reasons: readonly string[];
  readonly discounted: boolean;
}

/** What is odd about those who were asked, as far as their transcripts can be read. */
export interface RosterOddity {
  readonly kind: "several-providers" | "wave-twice" | "pressure";
  readonly provider: string;
  readonly participants: readonly string[];
}

/** A group that says less of a provider than a criterion asks for. */
export interface MissingEvidence {
  readonly provider: string;
  readonly criterion: string;
  readonly group: string;
  readonly expected: number;
  readonly received: number;
}

/** A source that reads like instructions to a machine. The sample is of public ones alone. */
export interface InstructionsFound {
  readonly provider: string;
  readonly group: string;
  readonly source: Hex;
  readonly hits: readonly (Pick<InstructionHit, "feature"> & { readonly sample: string | null })[];
}

/** What is seen of a round's integrity. Nothing of it changes a score by itself. */
export interface RoundIntegrity {
  readonly round: number;
  /** What this rests on. */
  readonly seen: {
    readonly sources: number;
    readonly hidden: number;
    readonly nodes: number;
    readonly reports: number;
  };
  readonly copies: readonly CopiesFound[];
  readonly roster: readonly RosterOddity[];
  readonly missing: readonly MissingEvidence[];
  readonly instructions: readonly InstructionsFound[];
  /** Of units that judges scored, by node and judge. */
  readonly judges: readonly (Omit<JudgeDeviation, "judge"> & { readonly judge: string })[];
  /** Of nodes, by their bare scores of units: rather too few than too many. */
  readonly votes: EffectiveVotes;
  readonly audits: readonly AuditOrder[];
}

/**
 * Looks at a round for what should not be there, or should be.
 * @param judged all of its units
 * @param before earlier rounds of the season
 */
export function roundIntegrity(
  round: OpenedRound,
  judged: readonly JudgedUnit[],
  before: readonly OpenedRound[],
  draw: AuditDraw,
): RoundIntegrity {
  const { bundle, sources, hidden, nodes } = round;
  const instructions = sources.flatMap((source) => instructionsOf(round, source));
  const noted = { instructions: new Set(instructions.map(({ source }) => source)), removed: removedIn(round) };
  return {
    round: bundle.round,
    seen: { sources: sources.length, hidden: hidden.length, nodes: nodes.length, reports: bundle.reports.length },
    copies: copiesIn(round),
    roster: oddities(round),
    missing: missingIn(round),
    instructions,
    judges: judgesOf(judged),
    votes: effectiveVotes(byNode(judged)),
    audits: auditsOf(round, judged, before, noted, draw),
  };
}

const idOf = ({ bundle }: OpenedRound, provider: number): string => bundle.spec.roster[provider]!.id;

/** Group by group, and so for people exactly as they are weighed. */
function copiesIn(round: OpenedRound): CopiesFound[] {
  const groups = [...new Set(round.sources.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const told = round.sources.filter((one) => one.group === group && one.passages.length > 0);
    const reports = told.map(({ source, provider, passages }, i) => ({
      ...{ id: source, provider: idOf(round, provider), criterion: "", receivedAt: i, origins: [] },
      text: passages.map(({ text }) => text).join("\n"),
    }));
    return discountReports(reports).groups.map(({ provider, members, reasons }) => {
      return { provider, group, members, reasons, discounted: group === SAMPLED };
    });
  });
}

function oddities(round: OpenedRound): RosterOddity[] {
  const { intake } = round.bundle.spec.oracle;
  const told = round.items.flatMap((item) => {
    const transcript =
      "leaf" in item || item.source !== intake ? undefined : transcriptSchema.safeParse(jsonIn(item)).data;
    return transcript?.provider == null ? [] : [{ ...transcript, provider: transcript.provider }];
  });
  const providers = new Map<string, Set<string>>();
  for (const { participant, provider } of told) {
    providers.set(participant, (providers.get(participant) ?? new Set()).add(provider));
  }
  const waves = new Map<string, number>();
  const waveOf = ({ participant, provider, wave }: (typeof told)[number]): string =>
    JSON.stringify([participant, provider, wave]);
  for (const one of told) waves.set(waveOf(one), (waves.get(waveOf(one)) ?? 0) + 1);
  const kinds = {
    "several-providers": ({ participant }) => providers.get(participant)!.size > 1,
    "wave-twice": (one) => waves.get(waveOf(one))! > 1,
    pressure: ({ pressure }) => pressure === true,
  } satisfies Record<RosterOddity["kind"], (one: (typeof told)[number]) => boolean>;
  return (Object.keys(kinds) as RosterOddity["kind"][]).flatMap((kind) =>
    round.bundle.spec.roster.flatMap(({ id: provider }): RosterOddity[] => {
      const own = told.filter((one) => one.provider === provider && kinds[kind](one));
      const participants = [...new Set(own.map(({ participant }) => participant))].sort();
      return participants.length === 0 ? [] : [{ kind, provider, participants }];
    }),
  );
}

/** One source of each group, of people as many as the document wants. */
function missingIn(round: OpenedRound): MissingEvidence[] {
  const { criteria, abstention } = round.params.document;
  return round.bundle.spec.roster.flatMap(({ id: provider }, index) =>
    criteria.flatMap((criterion) =>
      groupsOf(criterion).flatMap((group): MissingEvidence[] => {
        const { opened, closed } = sourcesUnder(round, index, criterion, group);
        const expected = group === SAMPLED ? Math.max(1, abstention.minInterviews) : 1;
        const received = opened.length + closed.length;
        return received >= expected ? [] : [{ provider, criterion: criterion.id, group, expected, received }];
      }),
    ),
  );
}

function instructionsOf(round: OpenedRound, { source, provider, group, passages }: RoundSource): InstructionsFound[] {
  const hits = instructionsIn(passages.map(({ text }) => text).join("\n"));
  if (hits.length === 0) return [];
  const hidden = round.withheld.has(source);
  const shown = hits.map(({ feature, sample }) => ({ feature, sample: hidden ? null : sample }));
  return [{ provider: idOf(round, provider), group, source, hits: shown }];
}

function judgesOf(judged: readonly JudgedUnit[]): RoundIntegrity["judges"] {
  const name = (node: Hex, family: string): string => `${node} ${family}`;
  const names = [
    ...new Set(
      judged.flatMap(({ nodes }) => nodes.flatMap((one) => one.judges.map(({ family }) => name(one.node, family)))),
    ),
  ].sort();
  const rows: Judgements = judged.map(({ nodes }) => {
    const scores = new Map(
      nodes.flatMap(({ node, judges }) =>
        judges.map(({ family, verdict }) => [name(node, family), verdict.score] as const),
      ),
    );
    return names.map((one) => share(scores.get(one) ?? null));
  });
  return judgeDeviations(rows).map(({ judge, ...found }) => ({ judge: names[judge]!, ...found }));
}

function byNode(judged: readonly JudgedUnit[]): Judgements {
  return judged.map(({ nodes }) => nodes.map(({ found }) => share(found.score)));
}

function share(score: number | null): number | null {
  return score === null ? null : score / 10_000;
}
