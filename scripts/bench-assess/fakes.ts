import { keccak256, numberToHex, stringToBytes, type Hex } from "viem";
import { discountReports, type Origin, type Report } from "../../oracle/domain/integrity/discount.ts";
import {
  drawParticipants,
  rosterWeights,
  type Funding,
  type RosterEntry,
  type RosterWeight,
} from "../../oracle/domain/integrity/roster.ts";
import { supportedScore } from "../../oracle/domain/judgement/support.ts";
import { copiedText, independentText, paraphrasedText, pick } from "./fake-texts.ts";
import { seededRandom } from "../faults/support/random.ts";
import { normal, type Random } from "./draws.ts";
import type { Row } from "./row.ts";

/** How fakes come about. What tells each kind apart is all that is assumed of it; `liar` has nothing that does. */
export const FAKE_KINDS = ["unsigned", "double", "copier", "paraphraser", "one-device", "liar"] as const;
export type FakeKind = (typeof FAKE_KINDS)[number];

/** Shares of the fakes, summing to 1. */
export type Mix = Readonly<Record<FakeKind, number>>;

/**
 * The stated assumption: of ten fakes two are invented people who cannot sign, one and a half are second accounts of others, five send a
 * farm's script as it is or in other words, half a one shares a device, and one is an accomplice who lies in words of its own.
 */
export const ASSUMED: Mix = {
  unsigned: 0.2,
  double: 0.15,
  copier: 0.25,
  paraphraser: 0.25,
  "one-device": 0.05,
  liar: 0.1,
};

/** What else is assumed of the world: shares and outcomes on 0 to 1. */
export const WORLD = {
  honest: 140,
  /** 60 of 200. */
  fakes: 60,
  asked: 80,
  outcome: 0.6,
  /** Standard deviation of outcomes between people. */
  spread: 0.2,
  /**
   * Standard deviation of the second source's error about one person; it errs in nobody's favour, and independently. It exists of real
   * people only: a fake brings no car to the later inspection.
   */
  secondError: 0.2,
  /** What one source alone may reach, basis points. */
  baseline: 5_000,
  /** Share of people whom nobody but the provider knows: honest ones and accomplices, other fakes. */
  unknown: 0.4,
  unknownFakes: 0.9,
  /** Share of the farm's accounts that its one account funded. */
  farmFunded: 0.5,
} as const;

interface Person {
  readonly entry: RosterEntry;
  readonly report: Report;
  readonly mark: number;
  readonly fake: FakeKind | null;
  readonly funding: readonly Funding[];
}

const PROVIDER = "garage";
const addressOf = (name: string): Hex => keccak256(stringToBytes(name)).slice(0, 42) as Hex;
const PROVIDER_ACCOUNT = addressOf("provider");
const FARM = addressOf("farm");
const [OPENED, CLOSED] = [0, 1_000_000];

/** By how many points of full payout the same provider's payout differs between two worlds with the same honest people. */
export interface Shifts {
  /** With and without fakes: everybody on the roster may be asked, and every answer counts. */
  readonly undefended: number;
  /** With and without fakes: the roster is weighed and copies are discounted, but answers are all there is. */
  readonly answers: number;
  /** With and without fakes: the same, and paid is only what a second independent source supports. */
  readonly supported: number;
  /** No fakes, all defences, another draw of whom to ask: what chance alone does. */
  readonly redrawn: number;
}

/** One world. Fakes all give the mark `fakeMark`, 0 to 1. */
export function shiftsOf(seed: number, mix: Mix, fakeMark = 1): Shifts {
  const random = seededRandom(seed);
  const honest = Array.from({ length: WORLD.honest }, (_, i) => honestPerson(random, `h${i}`));
  const people = [...honest, ...fakeKinds(mix).map((kind, i) => fakePerson(random, `f${i}`, kind, i, fakeMark))];
  const errors = honest.map(({ mark }) => mark + WORLD.secondError * normal(random));
  const second = Math.round(10_000 * clamp(mean(errors)));
  const [block, otherBlock] = [blockOf(seed), blockOf(seed + 1_000_000)];
  const [before, redrawn, after] = [answersOf(honest, block), answersOf(honest, otherBlock), answersOf(people, block)];
  const paid = (answers: number): number => supported(answers, second);
  return {
    undefended: (plainMean(people, block) - plainMean(honest, block)) / 100,
    answers: (after - before) / 100,
    supported: (paid(after) - paid(before)) / 100,
    redrawn: (paid(redrawn) - paid(before)) / 100,
  };
}

const blockOf = (seed: number): Hex => keccak256(numberToHex(seed, { size: 32 }));

/** Mean mark of those asked, basis points, by the weighed roster and without copies. */
function answersOf(people: readonly Person[], block: Hex): number {
  const answers = askedOf(people, rosterWeights(factsOf(people)), block);
  const { weights } = discountReports(answers.map(({ report }) => report));
  return meanMark(answers.filter(({ report }) => weights.get(report.id) === 1));
}

function plainMean(people: readonly Person[], block: Hex): number {
  return meanMark(askedOf(people, new Map(people.map(({ entry }) => [entry.id, { weight: 1, reasons: [] }])), block));
}

function askedOf(people: readonly Person[], weights: ReadonlyMap<string, RosterWeight>, block: Hex): Person[] {
  const asked = new Set(drawParticipants(weights, block, WORLD.asked));
  return people.filter(({ entry }) => asked.has(entry.id));
}

function meanMark(people: readonly Person[]): number {
  return Math.round(10_000 * mean(people.map(({ mark }) => mark)));
}

function supported(answers: number, second: number): number {
  const sources = [
    { type: "participant", estimate: { score: answers } },
    { type: "inspector", estimate: { score: second } },
  ];
  return supportedScore(sources, WORLD.baseline)!;
}

function factsOf(people: readonly Person[]) {
  return {
    entries: people.map(({ entry }) => entry),
    providerAccounts: new Map([[PROVIDER, [PROVIDER_ACCOUNT]]]),
    funding: people.flatMap(({ funding }) => funding),
    opened: OPENED,
    closed: CLOSED,
  };
}

function honestPerson(random: Random, name: string): Person {
  const mark = clamp(WORLD.outcome + WORLD.spread * normal(random));
  const unknown = random() < WORLD.unknown;
  return person(random, name, { mark, text: independentText(random, mark), unknown, fake: null });
}

function fakePerson(random: Random, name: string, kind: FakeKind, place: number, mark: number): Person {
  const text =
    kind === "copier"
      ? copiedText(random)
      : kind === "paraphraser"
        ? paraphrasedText(random, 0.9)
        : independentText(random, mark);
  const unknown = random() < (kind === "liar" ? WORLD.unknown : WORLD.unknownFakes);
  const made = person(random, name, { mark, text, unknown, fake: kind });
  const { entry, report } = made;
  if (kind === "unsigned") return { ...made, entry: { ...entry, signer: null } };
  // Second accounts: three of one person each.
  if (kind === "double") return { ...made, entry: { ...entry, contactHash: `contact of ${Math.floor(place / 3)}` } };
  if (kind === "one-device") return { ...made, report: { ...report, origins: [{ kind: "device", value: "farm" }] } };
  const farm = kind !== "liar" && random() < WORLD.farmFunded;
  return farm ? { ...made, funding: [{ from: FARM, to: entry.account }] } : made;
}

interface Traits {
  readonly mark: number;
  readonly text: string;
  readonly unknown: boolean;
  readonly fake: FakeKind | null;
}

function person(random: Random, name: string, { mark, text, unknown, fake }: Traits): Person {
  const account = addressOf(name);
  const enteredAt = OPENED + Math.floor(random() * (CLOSED - OPENED));
  // One in twenty shares a network with others, as at a place of work.
  const origins: Origin[] = [{ kind: "ip", value: random() < 0.05 ? pick(random, ["a", "b", "c"]) : name }];
  return {
    entry: {
      id: name,
      provider: PROVIDER,
      account,
      signer: account,
      enteredAt,
      contactHash: `contact ${name}`,
      paymentAccount: account,
      otherRelations: unknown ? 0 : 1,
    },
    report: { id: name, provider: PROVIDER, criterion: "works", receivedAt: CLOSED + enteredAt, text, origins },
    mark,
    fake,
    funding: [],
  };
}

/** Kinds of the fakes of a world, in the shares of the mix, the remainder by the largest fractions. */
function fakeKinds(mix: Mix): FakeKind[] {
  const exact = FAKE_KINDS.map((kind) => ({ kind, count: mix[kind] * WORLD.fakes }));
  const whole = exact.map(({ kind, count }) => ({ kind, count: Math.floor(count + 1e-9), rest: count % 1 }));
  let left = WORLD.fakes - whole.reduce((sum, { count }) => sum + count, 0);
  for (const part of [...whole].sort((a, b) => b.rest - a.rest)) {
    if (left <= 0) break;
    part.count++;
    left--;
  }
  return whole.flatMap(({ kind, count }) => Array.from({ length: count }, () => kind));
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean over worlds, and the value that 95 of 100 do not exceed. */
export interface Spread {
  readonly mean: number;
  readonly most: number;
}

/** Over worlds with seeds from `seed` on. */
export function shiftsOver(seed: number, worlds: number, mix: Mix, fakeMark = 1): Record<keyof Shifts, Spread> {
  const all = Array.from({ length: worlds }, (_, i) => shiftsOf(seed + i, mix, fakeMark));
  const spread = (key: keyof Shifts): Spread => {
    const values = all.map((shifts) => shifts[key]).sort((a, b) => a - b);
    return { mean: mean(values), most: values[Math.ceil(0.95 * values.length) - 1]! };
  };
  return {
    undefended: spread("undefended"),
    answers: spread("answers"),
    supported: spread("supported"),
    redrawn: spread("redrawn"),
  };
}

const WORLDS = 40;
const MOST_POINTS = 2;
const ALL_LIE: Mix = { unsigned: 0, double: 0, copier: 0, paraphraser: 0, "one-device": 0, liar: 1 };

/** 30% fake participants who all give full marks to the provider that sent them. */
export const fakes: Row = {
  name: "fakes",
  what: "30% fake participants",
  anchor: "–",
  mark: `≤ ${MOST_POINTS} points of payout on average`,
  basis: `${WORLDS} simulated providers with ${WORLD.honest} honest and ${WORLD.fakes} fake participants, ${WORLD.asked} asked, full marks from all fakes: ${mixInWords(ASSUMED)}; texts written for the project and put together by chance; a second source that the provider does not steer, sd ${WORLD.secondError} about each real person`,
  measure: (seed) => {
    const found = shiftsOver(seed, WORLDS, ASSUMED);
    const lies = shiftsOver(seed, WORLDS / 2, ALL_LIE);
    const smeared = shiftsOver(seed, WORLDS / 2, ASSUMED, 0);
    return {
      value: `${inWords(found.supported)}; undefended ${inWords(found.undefended)}`,
      passed: Math.abs(found.supported.mean) <= MOST_POINTS,
      notes: [
        `no mark, no fakes but another draw of whom to ask: ${inWords(found.redrawn)}`,
        `no mark, without a second source: ${inWords(found.answers)}; paid would then be the baseline at most`,
        `no mark, all fakes are people who sign and lie in their own words: ${inWords(lies.supported)} with the second source, ${inWords(lies.answers)} without`,
        `no mark, fakes of a rival who give the lowest marks: ${inWords(smeared.supported)}: no rule here protects from them beyond roster and discount`,
      ],
    };
  },
};

function mixInWords(mix: Mix): string {
  return FAKE_KINDS.map((kind) => `${Math.round(mix[kind] * 100)}% ${kind}`).join(", ");
}

function inWords({ mean: average, most }: Spread): string {
  return `${signed(average)} (95% of worlds ≤ ${signed(most)})`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}
