import type { CriteriaDocument } from "./document.ts";

/**
 * What a version does differently from another, in words: a sentence for each criterion, card or held-out place that came or went, and
 * for each value that changed. Empty where they say the same.
 */
export function difference(old: CriteriaDocument, next: CriteriaDocument): string[] {
  const { criteria: before, cards: cardsBefore, heldOut: heldBefore, version: _v, replaces: _r, ...rest } = old;
  const { criteria: after, cards: cardsAfter, heldOut: heldAfter, version: _w, replaces: _s, ...others } = next;
  return [
    ...changed(rest, others, ""),
    ...listed("criterion", before, after),
    ...listed("card", cardsBefore, cardsAfter),
    ...listed("held-out criterion", heldBefore, heldAfter),
  ];
}

function listed(
  what: string,
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): string[] {
  const [old, next] = [byId(before), byId(after)];
  return [
    ...before.filter(({ id }) => !next.has(id)).map(({ id }) => `The ${what} ${id} is gone.`),
    ...after.flatMap((one) => {
      const earlier = old.get(one.id);
      return earlier === undefined ? [`The ${what} ${one.id} is new.`] : changed(earlier, one, `${one.id}: `);
    }),
  ];
}

function byId<One extends { readonly id: string }>(list: readonly One[]): Map<string, One> {
  return new Map(list.map((one) => [one.id, one]));
}

/** A sentence for each value at the ends of two structures that differs. */
function changed(before: unknown, after: unknown, who: string): string[] {
  const [old, next] = [leaves(before, ""), leaves(after, "")];
  const paths = [...new Set([...old.keys(), ...next.keys()])].sort();
  return paths
    .filter((path) => old.get(path) !== next.get(path))
    .map((path) => `${who}${path} is ${next.get(path) ?? "gone"}, was ${old.get(path) ?? "not there"}.`);
}

/** Every value that is no object or list, by its path, as JSON. */
function leaves(value: unknown, path: string): Map<string, string> {
  if (typeof value !== "object" || value === null) {
    return value === undefined ? new Map<string, string>() : new Map([[path, JSON.stringify(value)]]);
  }
  if (Array.isArray(value)) {
    const within = value.flatMap((one, i) => [...leaves(one, `${path}[${i}]`)]);
    return new Map<string, string>(value.length === 0 ? [[path, "empty"]] : within);
  }
  return new Map(Object.entries(value).flatMap(([key, one]) => [...leaves(one, path === "" ? key : `${path}.${key}`)]));
}
