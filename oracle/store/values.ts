import { z } from "zod";
import { criteriaDocumentSchema } from "../domain/criteria/document.ts";
import { idSchema } from "../domain/criteria/forms.ts";
import { interviewPlanSchema } from "../domain/interview/plan.ts";
import { addressSchema, bytes32Schema } from "../domain/schema.ts";
import type { Store } from "../ports.ts";
import { interviewsKey, VALUES_ID, type ValuesId } from "./interviews.ts";

/** What stands under values beside their interviews, by kind of key. */
export const aboutKey = (id: ValuesId): string => `${interviewsKey(id)}/about`;
export const cardKey = (id: ValuesId, interview: string): string => `${interviewsKey(id)}/card/${interview}`;
export const ballotKey = (id: ValuesId, account: string): string => `${interviewsKey(id)}/ballot/${account}`;
export const recordKey = (id: ValuesId): string => `${interviewsKey(id)}/record`;
export const criteriaKey = (id: ValuesId): string => `${interviewsKey(id)}/criteria`;
export const confirmedKey = (id: ValuesId, account: string): string => `${interviewsKey(id)}/confirmed/${account}`;

/** Ids of values that an account has open. */
export const openKey = (account: string): string => `interviews/values-of/${account}`;

/** What stands under `endedKey` of values when they are voted on, and when that is over as well. */
export const VOTING = "voting";
export const CLOSED = "closed";

/** Who asks whom about what; it never changes. */
export const aboutSchema = z.strictObject({
  /** Lower case, as all accounts. */
  organiser: addressSchema,
  buyers: z.array(addressSchema),
  plan: interviewPlanSchema,
  /** When interviews end at the latest, Unix milliseconds. */
  closesAt: z.int(),
});
export type About = z.output<typeof aboutSchema>;

const openSchema = z.array(z.string().regex(VALUES_ID));

/** What came of the votes; the record itself is a blob, encrypted. */
export const recordRowSchema = z.strictObject({ hash: bytes32Schema, blob: z.string() });
export type RecordRow = z.output<typeof recordRowSchema>;

/** Criteria as the organiser edited them; nobody has confirmed them in the document itself. */
export const criteriaRowSchema = z.strictObject({ hash: bytes32Schema, document: criteriaDocumentSchema });
export type CriteriaRow = z.output<typeof criteriaRowSchema>;

/** Which criteria an account confirmed, of the document of a hash. */
export const confirmedSchema = z.strictObject({ hash: bytes32Schema, ids: z.array(idSchema) });
export type Confirmed = z.output<typeof confirmedSchema>;

export async function readAbout(store: Store, id: ValuesId): Promise<About | null> {
  const text = await store.get(aboutKey(id));
  return text === null ? null : aboutSchema.parse(JSON.parse(text));
}

export function parseOpen(text: string | null): string[] {
  return text === null ? [] : openSchema.parse(JSON.parse(text));
}

export async function readRecord(store: Store, id: ValuesId): Promise<RecordRow | null> {
  const text = await store.get(recordKey(id));
  return text === null ? null : recordRowSchema.parse(JSON.parse(text));
}

/** Name of a blob in the blob store. */
export function valuesBlobKey(id: ValuesId, blob: string): string {
  return `${interviewsKey(id)}/${blob}`;
}
