import { appealSchema, type Appeal } from "../domain/appeal.ts";
import type { Store } from "../ports.ts";
import { roundKey, type RoundId } from "./rounds.ts";

/** Which provider appealed under which criterion: places in the roster and in the spec. */
export interface AppealPlace {
  readonly provider: number;
  readonly criterion: number;
}

/** Keeps an appeal, once for a place. @returns the one that is kept: this one, or the one that was there before */
export async function keepAppeal(store: Store, id: RoundId, place: AppealPlace, appeal: Appeal): Promise<Appeal> {
  const key = `${appealsKey(id)}/${nameOf(place)}`;
  const { ok } = await store.commit({ expect: { [key]: null }, put: { [key]: JSON.stringify(appeal) } });
  if (ok) return appeal;
  const kept = await store.get(key);
  if (kept === null) throw new Error(`the appeal ${key} was there and is gone`);
  return parse(kept);
}

/** Appeals of a round in the order of roster and criteria. @param after name of the last one of the page before */
export async function listAppeals(
  store: Store,
  id: RoundId,
  after: string | null,
  limit: number,
): Promise<{ readonly name: string; readonly appeal: Appeal }[]> {
  const prefix = `${appealsKey(id)}/`;
  const from = after === null ? {} : { after: prefix + after };
  const entries = await store.list(prefix, { limit, ...from });
  return entries.map(({ key, value }) => ({ name: key.slice(prefix.length), appeal: parse(value) }));
}

/** Whether a text is the name of an appeal within its round. */
export function isAppealName(text: string): boolean {
  return /^\d{5}-\d{5}$/.test(text);
}

function nameOf({ provider, criterion }: AppealPlace): string {
  return [provider, criterion].map((place) => String(place).padStart(5, "0")).join("-");
}

function appealsKey(id: RoundId): string {
  return `${roundKey(id)}/appeal`;
}

function parse(text: string): Appeal {
  return appealSchema.parse(JSON.parse(text));
}
