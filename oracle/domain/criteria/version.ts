import type { Hex } from "viem";
import { canonicalJson } from "../canonical.ts";
import { InputError } from "../errors.ts";
import type { Criterion } from "./criterion.ts";
import { criteriaHash, type CriteriaDocument, type CriteriaDraft } from "./document.ts";

/** What a later version does differently. */
export interface CriteriaChanges extends Partial<
  Pick<
    CriteriaDocument,
    "title" | "cards" | "heldOut" | "roundDays" | "assessmentDays" | "abstention" | "confidenceBps"
  >
> {
  /** Ids of criteria that go. */
  readonly remove?: readonly string[];
  /** Criteria that are new, or stand in place of those of the same id. */
  readonly put?: readonly Criterion[];
}

/**
 * The version after a document, for later pools only: a pool's terms hold the hash of the version it was made with. Commitments to
 * held-out criteria are not carried over, as they are revealed with the old version's rounds. A criterion that changed is a draft
 * again, unless its confirmation changed with it.
 * @throws InputError where a criterion to remove is unknown, an id is put twice, or nothing changes
 */
export function nextVersion(old: CriteriaDocument, changes: CriteriaChanges): CriteriaDocument {
  const { remove = [], put = [], ...others } = changes;
  const known = new Map(old.criteria.map((criterion) => [criterion.id, criterion]));
  const unknown = remove.find((id) => !known.has(id));
  if (unknown !== undefined) throw new InputError("no such criterion", { field: "remove", value: unknown });
  const placed = new Map(put.map((criterion) => [criterion.id, unconfirmed(criterion, known.get(criterion.id))]));
  if (placed.size !== put.length) throw new InputError("a criterion is put twice", { field: "put" });
  const kept = old.criteria.filter(({ id }) => !remove.includes(id)).map((one) => placed.get(one.id) ?? one);
  const added = [...placed.values()].filter(({ id }) => !kept.some((one) => one.id === id));
  const criteria = [...kept, ...added];
  const next = { ...old, heldOut: [], ...others, criteria, version: old.version + 1, replaces: criteriaHash(old) };
  const same = { ...next, version: old.version, replaces: old.replaces };
  if (canonicalJson(same) === canonicalJson(old)) throw new InputError("nothing changes", { field: "changes" });
  return next;
}

function unconfirmed(criterion: Criterion, before: Criterion | undefined): Criterion {
  if (before === undefined || canonicalJson(criterion) === canonicalJson(before)) return criterion;
  const carried = canonicalJson(criterion.state) === canonicalJson(before.state);
  return carried ? { ...criterion, state: { kind: "draft" } } : criterion;
}

/** Why a document is not the version after another one, or `null`. */
export function successionProblem(old: CriteriaDocument, next: CriteriaDocument): string | null {
  const hash = criteriaHash(old);
  if (next.replaces !== hash) return `it replaces ${next.replaces ?? "nothing"}, not ${hash}`;
  return next.version === old.version + 1 ? null : `it is version ${next.version}, not ${old.version + 1}`;
}

/**
 * Writes down that an account accepts criteria; whoever does so has read them as they are.
 * @param ids criteria it accepts
 * @throws InputError for an unknown id
 */
export function confirm<Document extends CriteriaDraft>(document: Document, ids: readonly string[], by: Hex): Document {
  const unknown = ids.find((id) => !document.criteria.some((criterion) => criterion.id === id));
  if (unknown !== undefined) throw new InputError("no such criterion", { field: "ids", value: unknown });
  return {
    ...document,
    criteria: document.criteria.map((criterion) => {
      if (!ids.includes(criterion.id)) return criterion;
      const before = criterion.state.kind === "confirmed" ? criterion.state.by : [];
      return { ...criterion, state: { kind: "confirmed", by: [...new Set([...before, by])].sort() } };
    }),
  };
}
