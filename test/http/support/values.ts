import type { PrivateKeyAccount } from "viem";
import { expect } from "chai";
import type { CriteriaDocument, CriteriaDraft } from "../../../oracle/domain/criteria/document.ts";
import type { Finding } from "../../../oracle/domain/lint/finding.ts";
import type { ValuesRecord, Vote } from "../../../oracle/domain/values/record.ts";
import type { Answered, ServedInterviews } from "./interviews.ts";
import { START } from "./api.ts";
import { signer } from "./sign-in.ts";

/** Who asks, four who are asked, and somebody else. */
export const ORGANISER = signer(920);
export const BUYERS = [921, 922, 923, 924].map(signer) as [
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
];

const DAY = 86_400_000;

export interface CardShown {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly policies: readonly { readonly id: string; readonly text: string }[];
  readonly quotes: readonly string[];
}

export interface ValuesShown {
  readonly state: string;
  readonly interviews: Readonly<Record<string, number>>;
  readonly votes: number;
  readonly cards: readonly CardShown[] | null;
  readonly own: { readonly interview: string | null; readonly vote: Vote | null } | null;
}

export interface DraftShown {
  readonly hash: string;
  readonly record: ValuesRecord;
  readonly findings: readonly Finding[];
  readonly concerns: readonly { readonly rule: string; readonly about: string }[];
}

export interface CriteriaShown {
  readonly hash: string;
  readonly document: CriteriaDocument;
  readonly confirmed: readonly { readonly account: string; readonly ids: readonly string[] }[];
  readonly findings: readonly Finding[];
  readonly accepted: boolean;
}

export interface Link {
  readonly id: string;
  readonly token: string;
}

/** What one buyer tells. */
export interface Told {
  readonly title: string;
  readonly description: string;
  readonly story: string;
  readonly attended: readonly string[];
}

export const TOLD = {
  welcome: {
    title: "Being welcomed",
    description: "Somebody notices that a person has come, and makes room.",
    story: "On a Friday in March a neighbour got up when I came into the hall, and moved his coat.",
    attended: [
      "MOMENTS when somebody looks up as I come in",
      "PLACES kept free for who comes late",
      "NAMES remembered",
    ],
  },
  quiet: {
    title: "Quiet between the songs",
    description: "There are pauses in which nobody has to fill the silence.",
    story: "After the second song nobody clapped for a while, and my daughter leaned on me.",
    attended: ["PAUSES that nobody fills", "FACES at rest after a song", "BREATH that slows in the hall"],
  },
  craft: {
    title: "Craft that shows",
    description: "One sees that the players have worked on it.",
    story: "The fiddler stopped, said that she would do the bar again, and did it better.",
    attended: ["BARS played again until they sit", "TALK about how a piece is made", "MISTAKES that are owned"],
  },
} satisfies Record<string, Told>;

/** A request for values of the four buyers. */
export function request(changes: object = {}): Record<string, unknown> {
  return {
    title: "What a good evening is",
    subject: { en: "evenings in the village hall" },
    languages: ["en"],
    buyers: BUYERS.map(({ address }) => address),
    closesAt: new Date(START + 7 * DAY).toISOString(),
    ...changes,
  };
}

/** @returns path of the new values */
export async function openValues({ ask, tokenOf }: ServedInterviews, changes: object = {}): Promise<string> {
  const made = await ask<{ id: string }>(await tokenOf(ORGANISER), "POST", "/v1/values", request(changes));
  expect(made.status, JSON.stringify(made.body)).to.equal(201);
  expect(made.headers.get("location")).to.equal(`/v1/values/${made.body.id}`);
  return `/v1/values/${made.body.id}`;
}

export async function linkOf(
  { ask, tokenOf }: ServedInterviews,
  path: string,
  buyer: PrivateKeyAccount,
): Promise<Link> {
  const made = await ask<Link>(await tokenOf(buyer), "POST", `${path}/interviews`);
  expect(made.status, JSON.stringify(made.body)).to.equal(201);
  return made.body;
}

interface Shown {
  readonly step: { readonly id: string; readonly kind: string };
}

/** Answers as somebody who tells of one thing, until the step `until` or the end. */
export async function tell(served: ServedInterviews, link: Link, told: Told, until = "end"): Promise<Shown> {
  const { ask } = served;
  const at = `/v1/interviews/${link.id}`;
  let { body: shown } = await ask<Shown>(link.token, "GET", `${at}/step`);
  while (shown.step.id !== until && shown.step.kind !== "end") {
    const { id, kind } = shown.step;
    const next =
      kind === "consent"
        ? await ask<Shown>(link.token, "POST", `${at}/consent`, { agree: true })
        : await ask<Shown>(link.token, "POST", `${at}/answers`, { step: id, reply: replyTo(id, told) });
    expect(next.status, JSON.stringify(next.body)).to.equal(200);
    shown = next.body;
  }
  return shown;
}

function replyTo(step: string, { title, description, story, attended }: Told) {
  const [, place, sake] = /^attend\/(\d)(\/sake)?$/.exec(step) ?? [];
  if (sake !== undefined) return { value: "itself" };
  if (place !== undefined) {
    const text = attended[Number(place) - 1];
    return text === undefined ? null : { text };
  }
  if (step.endsWith("/confirm")) return { value: "yes" };
  if (step.endsWith("/title")) return { text: title };
  if (step.endsWith("/description")) return { text: description };
  return step === "story" ? { text: story } : null;
}

/** One card of each of the first buyers, by the title of what they told. */
export async function collect(
  served: ServedInterviews,
  path: string,
  told: readonly Told[] = Object.values(TOLD),
): Promise<void> {
  for (const [i, one] of told.entries()) await tell(served, await linkOf(served, path, BUYERS[i]!), one);
}

export function vote(approves: readonly string[], pairs: Vote["pairs"] = []): Vote {
  return { approves: [...approves], pairs };
}

/** Makes of a draft what people would: all decisions taken. The criteria are nobody's yet. */
export function edited(draft: CriteriaDraft): CriteriaDocument {
  return {
    ...draft,
    roundDays: 30,
    assessmentDays: 14,
    abstention: { maxAbstainedBps: 3_000, minInterviews: 5 },
    confidenceBps: 9_000,
    criteria: draft.criteria.map((criterion) => ({
      ...criterion,
      direction: criterion.direction!,
      weight: criterion.weight!,
      measure: criterion.measure!,
      sources: [
        ...criterion.sources!,
        { type: "inspection", group: "auditor", what: "a visit by somebody who is not announced" },
      ],
      guard: { kind: "floor", bps: 1_000, effect: "cap", because: "below that nobody would come again" },
      baseline: { kind: "first-round" },
      smallestChange: { amount: 500, because: "one person in twenty is noticed" },
      window: { startDay: 0, endDay: 30, late: { startDay: 60, endDay: 90, settles: "later-round" } },
      stratum: { kind: "strata", by: "age at the first visit", names: ["below 60", "60 and above"] },
      state: { kind: "draft" },
    })),
  };
}

export function typeOf({ status, headers, body }: Answered<unknown>): string {
  expect(headers.get("content-type"), JSON.stringify(body)).to.equal("application/problem+json");
  const { type } = body as { type: string };
  return `${status} ${type.replace("urn:guerdon:problem:", "")}`;
}
