import type { CriterionDraft } from "../criteria/criterion.ts";
import { MAX_ID } from "../criteria/forms.ts";
import type { Question } from "../criteria/measure.ts";
import { WHOLE, type CriteriaDraft } from "../criteria/document.ts";
import { InputError } from "../errors.ts";
import { apportion } from "./apportion.ts";
import { policiesOf, type Policy } from "./card.ts";
import type { Reconciliation } from "./reconcile.ts";

/** Least common multiple of the numbers of policies a card may have, 3 to 7: shares of policies are whole. */
const MULTIPLE = 420n;

/**
 * A first document from accepted cards: one draft criterion per policy, in the order of rank. A card's weight follows its rank, its
 * policies share it evenly; weights add up to 10,000, each at least 1. Everything that only people can decide (floor or veto, baseline,
 * smallest change, window, stratum, a second source) is left open, and the linter asks for it.
 * @throws InputError where no card was accepted
 */
export function draftCriteria(title: string, language: string, { standings }: Reconciliation): CriteriaDraft {
  const accepted = standings.filter((standing) => standing.accepted);
  if (accepted.length === 0) throw new InputError("no card was accepted", { field: "cards" });
  const entries = accepted.flatMap(({ card, rank }) =>
    policiesOf([card]).map((entry) => ({ ...entry, share: (BigInt(rank) * MULTIPLE) / BigInt(card.policies.length) })),
  );
  const weights = apportion(
    entries.map(({ share }) => share),
    WHOLE,
    1,
  );
  const ids = distinctIds(entries.map(({ card, policy }) => `${card.id}-${policy.id}`));
  return {
    format: "guerdon/criteria/1",
    title,
    language,
    version: 1,
    replaces: null,
    cards: accepted.map(({ card }) => card),
    heldOut: [],
    criteria: entries.map(({ policy, ref }, i): CriterionDraft => ({
      id: ids[i]!,
      statement: policy.text,
      direction: "higher",
      weight: weights[i]!,
      sources: [
        { type: "participant-interview", group: "participant", what: "what the person tells about the service" },
      ],
      policies: [ref],
      measure: { kind: "judged", questions: questionsFor(policy) },
      state: { kind: "draft" },
    })),
  };
}

/**
 * Questions about one policy by fixed wording: whether it was lived, with a detail, whether the contrary was, whether it would have
 * come about anyway. A model may phrase them anew; people confirm either way.
 */
export function questionsFor({ text }: Pick<Policy, "text">): Question[] {
  const quoted = `"${text.replaceAll('"', "'")}"`;
  return [
    {
      id: "lived",
      text: `Does the person tell of a moment that shows this: ${quoted}?`,
      met: "good",
      about: "experience",
    },
    {
      id: "detail",
      text: `Does the person give a concrete detail of such a moment: ${quoted}?`,
      met: "good",
      about: "experience",
    },
    {
      id: "contrary",
      text: `Does the person tell of a moment that goes against this: ${quoted}?`,
      met: "bad",
      about: "experience",
    },
    {
      id: "anyway",
      text: `Does the person say that this would have come about without the provider: ${quoted}?`,
      met: "bad",
      about: "experience",
    },
  ];
}

/** Ids cut to the longest allowed, numbered where they would meet. */
function distinctIds(ids: readonly string[]): string[] {
  const taken = new Set<string>();
  return ids.map((id) => {
    let [free, n] = [id.slice(0, MAX_ID).replace(/-+$/, ""), 1];
    while (taken.has(free)) {
      n += 1;
      const suffix = `-${n}`;
      free = `${id.slice(0, MAX_ID - suffix.length).replace(/-+$/, "")}${suffix}`;
    }
    taken.add(free);
    return free;
  });
}
