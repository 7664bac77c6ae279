import type { Criterion } from "../../../oracle/domain/criteria/criterion.ts";
import type { CriteriaDocument } from "../../../oracle/domain/criteria/document.ts";
import type { Card } from "../../../oracle/domain/values/card.ts";

export const ANNA = "0x00000000000000000000000000000000000000a1";
export const BEN = "0x00000000000000000000000000000000000000b2";

export function card(id: string, policies: readonly string[] = ["one", "two", "three"]): Card {
  return {
    id,
    title: `Title of ${id}`,
    description: `What ${id} is about`,
    policies: policies.map((policy) => ({ id: policy, text: `MOMENTS of ${policy} within ${id}` })),
    stories: [{ quote: `I remember ${id}`, from: { kind: "example" } }],
  };
}

/** A judged criterion that the linter finds nothing wrong with. */
export function judged(id: string, weight: number, policies: readonly string[]): Criterion {
  return {
    id,
    statement: `People find ${id} here`,
    direction: "higher",
    weight,
    sources: [
      { type: "participant-interview", group: "participant", what: "interviews with people who came" },
      { type: "inspection", group: "auditor", what: "a visit by somebody who is not announced" },
    ],
    guard: { kind: "veto", questions: ["harm"], because: "nobody may come to harm here" },
    baseline: { kind: "first-round" },
    smallestChange: { amount: 500, because: "one person in twenty is noticed" },
    window: { startDay: 0, endDay: 30, late: { startDay: 60, endDay: 90, settles: "later-round" } },
    stratum: { kind: "strata", by: "age at the first visit", names: ["below 60", "60 and above"] },
    policies: [...policies],
    measure: {
      kind: "judged",
      questions: [
        { id: "lived", text: `Does the person tell of a moment of ${id}?`, met: "good", about: "experience" },
        { id: "harm", text: `Does the person tell of a harm from ${id}?`, met: "bad", about: "experience" },
      ],
      guidance: [{ question: "harm", quote: "I was pushed", answer: "met", because: "pushing is harm" }],
    },
    state: { kind: "confirmed", by: [ANNA] },
  };
}

/** A figure that the linter finds nothing wrong with. */
export function figure(id: string, weight: number): Criterion {
  return {
    ...judged(id, weight, []),
    sources: [
      { type: "telemetry", group: "meter-operator", what: "readings of every minute" },
      { type: "registry", group: "regulator", what: "yearly statement of the regulator" },
    ],
    guard: { kind: "floor", bps: 2000, effect: "cap", because: "below that nothing works at all" },
    baseline: { kind: "value", value: 92, source: "mean of the year before" },
    smallestChange: { amount: 1, because: "the meter's error is half of that" },
    proxyFor: "that people can rely on the service",
    measure: {
      kind: "telemetry",
      field: "share_up",
      unit: "percent",
      achievement: { threshold: 90, benchmark: 99, because: "median and best tenth of last year" },
    },
  };
}

/** A document without findings: one card, a judged criterion for its policies, and a figure. */
export function example(): CriteriaDocument {
  return {
    format: "guerdon/criteria/1",
    title: "An example",
    language: "en",
    version: 1,
    replaces: null,
    roundDays: 30,
    assessmentDays: 14,
    cards: [card("welcome")],
    criteria: [
      judged("welcome", 6000, ["welcome/one", "welcome/two", "welcome/three"]),
      { ...figure("up", 4000), policies: ["welcome/one"] },
    ],
    heldOut: [],
    abstention: { maxAbstainedBps: 3000, minInterviews: 5 },
    confidenceBps: 9000,
  };
}
