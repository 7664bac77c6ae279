import { readFile, writeFile } from "node:fs/promises";
import type { Hex } from "viem";
import { z } from "zod";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import type { Finding } from "../../oracle/domain/lint/finding.ts";
import { lintCriteria } from "../../oracle/domain/lint/lint.ts";
import { cardSchema } from "../../oracle/domain/values/card.ts";
import { concernsOf, type Concern } from "../../oracle/domain/values/concerns.ts";
import { ballotSchema } from "../../oracle/domain/values/reconcile.ts";
import {
  valuesHash,
  valuesRecord,
  valuesRecordSchema,
  voteSchema,
  type CastVotes,
  type ValuesRecord,
} from "../../oracle/domain/values/record.ts";
import { harmless } from "../harmless.ts";

/** What comes of cards and votes. */
export interface DraftReport {
  /** There is a draft and, where a record was given, it is the one that comes of its cards and votes. */
  readonly ok: boolean;
  readonly hash: Hex;
  readonly record: ValuesRecord;
  readonly findings: readonly Finding[];
  readonly concerns: readonly Concern[];
  /** Whether the record that was given is the one computed; `null` where none was given, or something else was asked for. */
  readonly same: boolean | null;
  /** Whether nobody voted, so that every card counts alike. */
  readonly unvoted: boolean;
}

export interface DraftOptions {
  readonly votes?: string | undefined;
  readonly title?: string | undefined;
  readonly language?: string | undefined;
}

const cardsSchema = z.array(cardSchema).max(200);
const votesSchema = z.array(z.union([voteSchema, ballotSchema])).max(10_000);
/** As a node answers it. */
const answerSchema = z.object({ record: valuesRecordSchema });

/**
 * Drafts criteria from cards and votes in files: the computation of a node that closes a vote.
 * @param file JSON list of cards; or a record of values, as a node answers it, which is computed again
 * @throws InputError naming the file and the property
 */
export async function draftFrom(file: string, { votes, title, language }: DraftOptions = {}): Promise<DraftReport> {
  const value = await readJson(file);
  const given = recordIn(file, value);
  const cards = given?.cards ?? parsed(file, cardsSchema, value);
  const cast = votes === undefined ? (given?.votes ?? null) : parsed(votes, votesSchema, await readJson(votes));
  const counted = cast ?? [{ approves: cards.map(({ id }) => id), pairs: [] }];
  const from: CastVotes = {
    title: title ?? given?.title ?? "Draft criteria",
    language: language ?? given?.language ?? "en",
    cards,
    votes: counted.map(({ approves, pairs }) => ({ approves, pairs })),
  };
  const record = computed(votes ?? file, from);
  const findings = record.draft === null ? [] : lintCriteria(record.draft);
  const asGiven = votes === undefined && title === undefined && language === undefined;
  const same = given !== null && asGiven ? canonicalJson(given) === canonicalJson(record) : null;
  const ok = record.draft !== null && same !== false;
  return { ok, hash: valuesHash(record), record, findings, concerns: concernsOf(cards), same, unvoted: cast === null };
}

/** Writes the draft, where there is one, to a new file. @throws InputError where it is there already */
export async function writeDraft({ record }: DraftReport, out: string): Promise<void> {
  if (record.draft === null) return;
  await writeFile(out, `${JSON.stringify(record.draft, null, 2)}\n`, { flag: "wx" }).catch((error: unknown) => {
    const { code } = error as { readonly code?: string };
    throw new InputError("the draft cannot be written", { file: out, limit: `a new file (${code ?? "error"})` });
  });
}

/** The report for people. */
export function draftText({ record, hash, findings, concerns, same, unvoted }: DraftReport): string {
  const titles = new Map(record.cards.map(({ id, title }) => [id, title]));
  const named = (id: string): string => `${titles.get(id) ?? ""} [${id}]`;
  const count = unvoted ? "nobody voted: every card counts alike" : `${record.votes.length} votes`;
  const rules = [...new Set(findings.map(({ rule }) => rule))].map(
    (rule) => `${findings.filter((one) => one.rule === rule).length} ${rule}`,
  );
  const lines = [
    `${record.cards.length} cards, ${count}`,
    ...record.standings.map(
      ({ place, card, approvals, accepted, merged }) =>
        `${place}. ${named(card)}: ${approvals} approve, ${accepted ? "accepted" : "not accepted"}` +
        (merged.length === 0 ? "" : `; counted with it: ${merged.join(", ")}`),
    ),
    ...record.contested.map(
      ({ from, to, wiser, notWiser, unsure }) =>
        `contested: from ${named(from)} to ${named(to)}: ${wiser} wiser, ${notWiser} not, ${unsure} unsure`,
    ),
    ...record.minorities.map(({ card, approvals }) => `left out: ${named(card)}, which ${approvals} approve of`),
    ...record.leftOut.map((card) => `left out, as there are too many criteria: ${named(card)}`),
    ...concerns.map(({ about, message, rule }) => `doubt about ${about}: ${message} [${rule}]`),
    record.draft === null ? "no card was accepted: no draft" : `draft of ${record.draft.criteria.length} criteria`,
    ...(rules.length === 0 ? [] : [`to be settled by people, by the linter's rules: ${rules.join(", ")}`]),
    ...(same === null ? [] : [same ? "the record is the one computed here" : "FAILED: the record is another"]),
    `hash ${hash}`,
  ];
  return `${lines.map(harmless).join("\n")}\n`;
}

function computed(file: string, from: CastVotes): ValuesRecord {
  try {
    return valuesRecord(from);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(error.message, { file });
    throw error;
  }
}

/** The record in a file, bare or as a node answers it; `null` where it is something else. */
function recordIn(file: string, value: unknown): ValuesRecord | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return "record" in value ? parsed(file, answerSchema, value).record : parsed(file, valuesRecordSchema, value);
}

function parsed<Schema extends z.ZodType>(file: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(issue?.message ?? "not of the expected form", { file, field: issue?.path.join(".") ?? "" });
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("not JSON", { file });
  }
}
