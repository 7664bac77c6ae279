import type { Hex } from "viem";
import { payFor } from "../../../contracts/protocol/curve.ts";
import type { Criterion } from "../criteria/criterion.ts";
import { InputError } from "../errors.ts";
import { feedbackFor, type CriterionFeedback, type SeenRuling, type SourcedQuote } from "./feedback.ts";
import { levelOf } from "./joint.ts";
import { judgedUnits, sourcesUnder, type JudgedUnit, type OpenedRound } from "./opened-round.ts";
import { groupsOf, SAMPLED } from "./score.ts";
import type { Answer } from "./unit.ts";
import { joinParts } from "./words.ts";

/** Quotes shown of one source for one question. */
const MOST_QUOTES = 3;

/** What one group of sources came to for a provider under a criterion. */
export interface GroupFeedback {
  readonly group: string;
  /** What is looked at, as the criterion says. */
  readonly what: readonly string[];
  /** Sources that speak for the group; of them private; of them with words that got a score, and that got none. */
  readonly sources: number;
  readonly hidden: number;
  readonly scored: number;
  readonly abstained: number;
  /** Voices the estimate rests on. */
  readonly count: number;
  /** Basis points, as is the cautious end; `null` where nothing is known. */
  readonly estimate: number | null;
  readonly bound: number | null;
}

/** What a provider is told of one criterion. */
export interface RoundCriterionFeedback extends CriterionFeedback {
  /** Of the total, basis points. */
  readonly weight: number;
  readonly groups: readonly GroupFeedback[];
  /** By how much the rate of pay would rise with the score's gain, basis points of full pay; `null` where the score abstains. */
  readonly rateGain: number | null;
}

/** What a provider is told of a round. Scores and rates in basis points. */
export interface RoundFeedback {
  readonly format: "guerdon/feedback/1";
  readonly chainId: number;
  readonly pool: Hex;
  readonly round: number;
  readonly provider: { readonly id: string; readonly index: number };
  /** What is paid on; `null` where the provider abstains, and then why. */
  readonly score: number | null;
  readonly because: "guard not judged" | "too little judged" | null;
  /** Of full pay; the default rate where the score abstains. */
  readonly rate: number;
  /** By how much the estimate is above the score: for a follow-up. */
  readonly heldBack: number;
  /** Rules that keep the score down: criteria with a floor or veto. */
  readonly cappedBy: readonly string[];
  readonly vetoedBy: readonly string[];
  /** The criterion that would raise the score most first. */
  readonly criteria: readonly RoundCriterionFeedback[];
  /** Criteria of which nothing is told before they are revealed. */
  readonly heldOut: number;
  /** Nodes whose records this rests on, of those that reported. */
  readonly nodes: { readonly shown: number; readonly of: number };
}

/** What is not public and may all the same be told to whoever reads: their own documents. */
export interface FeedbackReader {
  /** The account of the provider, where it is the one that reads. Lower case. */
  readonly account: Hex | null;
}

/**
 * What a round says to one of its providers. Words are quoted of public sources, and of the provider's own private documents to the provider
 * itself; what people said in interviews never, public or not: of those and of other private sources there are counts alone.
 * @param provider index in the roster
 * @throws InputError where there is no such provider
 */
export async function roundFeedback(
  round: OpenedRound,
  provider: number,
  reader: FeedbackReader = { account: null },
): Promise<RoundFeedback> {
  const { bundle, params, joint, nodes } = round;
  const entry = bundle.spec.roster[provider];
  if (entry === undefined) {
    const limit = `0 to ${bundle.spec.roster.length - 1}`;
    throw new InputError("no provider of the roster", { field: "provider", value: String(provider), limit });
  }
  const { document } = params;
  const units = await judgedUnits(round, (unit) => unit.provider === provider);
  const told = feedbackFor({
    ...{ document, provider, providers: bundle.spec.roster.length, estimates: joint.estimates },
    level: levelOf(document),
    rulings: rulingsOf(units, quotable(round, provider, reader)),
  });
  const own = joint.scores[provider]!;
  const { score, reason, cappedBy, vetoedBy } = own.payable;
  const { curve, defaultRate } = bundle.spec.payment;
  const rate = score === null ? defaultRate : payFor(curve, score);
  const criteria = told.map((one): RoundCriterionFeedback => {
    const place = document.criteria.findIndex(({ id }) => id === one.criterion);
    const criterion = document.criteria[place]!;
    return {
      ...one,
      weight: criterion.weight,
      groups: groupsOf(criterion).map((group) => {
        const { count, estimate, bound } = own.criteria[place]!.groups.find((known) => known.group === group)!;
        return { group, ...sourcesOf(round, provider, criterion, group, units), count, estimate, bound };
      }),
      rateGain: one.gain === null ? null : payFor(curve, (score ?? 0) + one.gain) - rate,
    };
  });
  const { chainId, pool } = bundle;
  return {
    format: "guerdon/feedback/1",
    ...{ chainId, pool, round: bundle.round, provider: { id: entry.id, index: provider } },
    ...{ score, because: reason, rate, heldBack: own.heldBack, cappedBy, vetoedBy, criteria },
    heldOut: document.heldOut.length,
    nodes: { shown: nodes.length, of: bundle.reports.length },
  };
}

type Quotable = (unit: JudgedUnit) => boolean;

function quotable({ items, bundle, withheld }: OpenedRound, provider: number, { account }: FeedbackReader): Quotable {
  const isOwner = account !== null && bundle.spec.roster[provider]!.account === account;
  // Items lie in the order of the evidence, which has the leaves of private ones.
  const owned = new Set(
    bundle.evidence.flatMap((shown, i) => {
      const item = items[i]!;
      return isOwner && "leaf" in shown && !("leaf" in item) && item.source === account ? [shown.leaf] : [];
    }),
  );
  return ({ source, group }) => group !== SAMPLED && (!withheld.has(source) || owned.has(source));
}

/** For each source and question what most nodes answered; nothing where no answers can be seen. */
function rulingsOf(units: readonly JudgedUnit[], mayQuote: Quotable): SeenRuling[] {
  return bySource(units).flatMap((parts) => {
    const [{ criterion }] = parts;
    const { answers } = joinParts(parts.map(({ joint }) => joint));
    return [...answers].map(([question, answer]): SeenRuling => {
      const quotes = parts.filter(mayQuote).flatMap((part) => quotesFor(part, question, answer));
      return { criterion, question, answer, quotes: quotes.slice(0, MOST_QUOTES) };
    });
  });
}

/** Those on which judges rest who gave the answer that counts, each once. */
function quotesFor({ nodes, source }: JudgedUnit, question: string, answer: Answer): SourcedQuote[] {
  const rulings = nodes.flatMap(({ judges }) => judges.flatMap(({ verdict }) => verdict.rulings ?? []));
  const agreeing = rulings.filter((one) => one.question === question && one.answer === answer);
  const quotes = agreeing.flatMap((one) => one.quotes).map((quote) => ({ ...quote, question, source }));
  return [...new Map(quotes.map((quote) => [`${quote.passage}\n${quote.text}`, quote])).values()];
}

function bySource(units: readonly JudgedUnit[]): [JudgedUnit, ...JudgedUnit[]][] {
  const found = new Map<string, [JudgedUnit, ...JudgedUnit[]]>();
  for (const unit of units) {
    const key = `${unit.source}/${unit.criterion}`;
    const parts = found.get(key);
    if (parts === undefined) found.set(key, [unit]);
    else parts.push(unit);
  }
  return [...found.values()];
}

function sourcesOf(
  round: OpenedRound,
  provider: number,
  criterion: Criterion,
  group: string,
  units: readonly JudgedUnit[],
): Pick<GroupFeedback, "what" | "sources" | "hidden" | "scored" | "abstained"> {
  const { opened, closed } = sourcesUnder(round, provider, criterion, group);
  const judged = bySource(units.filter((unit) => unit.criterion === criterion.id && unit.group === group));
  const scored = judged.filter((parts) => joinParts(parts.map(({ joint }) => joint)).score !== null).length;
  return {
    what: criterion.sources.filter((one) => one.group === group).map(({ what }) => what),
    sources: opened.length + closed.length,
    hidden: opened.filter(({ source }) => round.withheld.has(source)).length + closed.length,
    scored,
    abstained: judged.length - scored,
  };
}
