import type { Hex } from "viem";
import { z } from "zod";
import { canonicalJson } from "../domain/canonical.ts";
import { frozenSchema, type Frozen } from "../domain/frozen.ts";
import { envelopeSchema, type Envelope } from "../domain/round/envelope.ts";
import { bytes32Schema, hexSchema, signatureSchema } from "../domain/schema.ts";
import type { Batch, Store } from "../ports.ts";
import { roundKey, type RoundId } from "./rounds.ts";

/** A node's own report of a round with the two messages it is shown by, all made before the first of them is sent. */
export const ownReportSchema = z.strictObject({ vector: hexSchema, commit: envelopeSchema, reveal: envelopeSchema });
export type OwnReport = z.output<typeof ownReportSchema>;

/** What a node signed for the chain: at most one assessment a round, ever. */
export const signedSchema = z.strictObject({
  evidenceRoot: bytes32Schema,
  scores: hexSchema,
  signature: signatureSchema,
});
export type SignedAssessment = z.output<typeof signedSchema>;

/** Most different messages of one kind that are kept of a node: two prove that it equivocates. */
export const MOST_OF_A_KIND = 2;

/** The evidence this node assesses a round by: it stands once all of it is here, and never changes. */
export async function readFrozen(store: Store, id: RoundId): Promise<Frozen | null> {
  return parsed(await store.get(`${roundKey(id)}/frozen`), frozenSchema);
}

/** @returns whether it is the first; another one is never put in its place */
export async function keepFrozen(store: Store, id: RoundId, frozen: Frozen): Promise<boolean> {
  const key = `${roundKey(id)}/frozen`;
  return (await store.commit({ expect: { [key]: null }, put: { [key]: canonicalJson(frozen) } })).ok;
}

export async function readOwn(store: Store, id: RoundId): Promise<OwnReport | null> {
  return parsed(await store.get(`${roundKey(id)}/own`), ownReportSchema);
}

/** Keeps a node's report and its commit message together, once. @returns whether it is the first */
export async function keepOwn(store: Store, id: RoundId, own: OwnReport, more: Batch = {}): Promise<boolean> {
  const key = `${roundKey(id)}/own`;
  const put = { ...more.put, [key]: canonicalJson(own), ...messageEntry(id, own.commit) };
  return (await store.commit({ ...more, expect: { ...more.expect, [key]: null }, put })).ok;
}

export async function readSigned(store: Store, id: RoundId): Promise<SignedAssessment | null> {
  return parsed(await store.get(`${roundKey(id)}/signed`), signedSchema);
}

/** Keeps what a node has signed and the message that says so together, once: the lock against a second one. */
export async function keepSigned(
  store: Store,
  id: RoundId,
  { signed, message, more = {} }: { signed: SignedAssessment; message: Envelope; more?: Batch },
): Promise<boolean> {
  const key = `${roundKey(id)}/signed`;
  const put = { ...more.put, [key]: canonicalJson(signed), ...messageEntry(id, message) };
  return (await store.commit({ ...more, expect: { ...more.expect, [key]: null }, put })).ok;
}

/** All messages of a round that were taken, this node's own among them. */
export async function messagesOf(store: Store, id: RoundId): Promise<Envelope[]> {
  const entries = await store.list(`${roundKey(id)}/message/`, { limit: 10_000 });
  return entries.map(({ value }) => envelopeSchema.parse(JSON.parse(value)));
}

/**
 * Keeps a message, unless it is known or as many of its kind are there as prove an equivocation.
 * @returns whether it is new
 */
export async function keepMessage(store: Store, id: RoundId, envelope: Envelope): Promise<boolean> {
  const slots = Array.from({ length: MOST_OF_A_KIND }, (_, place) => slotKey(id, envelope, place));
  for (const slot of slots) {
    const { ok } = await store.commit({ expect: { [slot]: null }, put: { [slot]: canonicalJson(envelope) } });
    if (ok) return true;
    const known = await store.get(slot);
    if (known !== null && sayTheSame(envelopeSchema.parse(JSON.parse(known)), envelope)) return false;
  }
  return false;
}

/** Notes at what block time a node's reveal was first heard, seconds; once. */
export async function noteHeard(store: Store, id: RoundId, node: Hex, time: number): Promise<void> {
  const key = heardKey(id, node);
  await store.commit({ expect: { [key]: null }, put: { [key]: String(time) } });
}

/** When a node's reveal was first heard; never, where that was not noted. */
export async function heardAt(store: Store, id: RoundId, node: Hex): Promise<number> {
  const text = await store.get(heardKey(id, node));
  return text === null ? Infinity : Number(text);
}

function heardKey(id: RoundId, node: Hex): string {
  return `${roundKey(id)}/heard/${node}`;
}

/** This node's own message as it is put into a batch: in the first slot of its kind. */
export function messageEntry(id: RoundId, envelope: Envelope): Record<string, string> {
  return { [slotKey(id, envelope, 0)]: canonicalJson(envelope) };
}

/** Whether two messages of a node differ in nothing but their signatures. */
export function sayTheSame(one: Envelope, other: Envelope): boolean {
  const said = ({ signature: _, ...rest }: Envelope): string => canonicalJson(rest);
  return said(one) === said(other);
}

/** A fixed number of slots, so that nobody can fill a store with what it signs. */
function slotKey(id: RoundId, { kind, node }: Pick<Envelope, "kind" | "node">, place: number): string {
  return `${roundKey(id)}/message/${kind}/${node}/${place}`;
}

function parsed<Schema extends z.ZodType>(text: string | null, schema: Schema): z.output<Schema> | null {
  return text === null ? null : schema.parse(JSON.parse(text));
}
