import type { Hex, LocalAccount } from "viem";
import { z } from "zod";
import type { PrivateParts } from "../../oracle/domain/audit/judgements.ts";
import { bundleFile, bundleSchema, type Bundle } from "../../oracle/domain/bundle.ts";
import { readDocument } from "../../oracle/domain/canonical.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { evidenceItemSchema, evidenceLeaf, type EvidenceItem } from "../../oracle/domain/evidence.ts";
import { recordHash, sealedHash, type NodeRecord, type SealedUnit } from "../../oracle/domain/judgement/node-record.ts";
import { unitRecordSchema, type UnitRecord } from "../../oracle/domain/judgement/record.ts";
import { bytes32Schema } from "../../oracle/domain/schema.ts";
import { harmlessLines } from "../harmless.ts";
import { readFolder } from "./folder.ts";
import { requireNewFolder, writePrivateFolder } from "./private-folder.ts";
import { signedInNodes, type SignedInNodes } from "./signed-in-nodes.ts";

/** What was had of what is private, each checked against the season's files. */
export interface Collected {
  readonly parts: PrivateParts;
  /** Leaves of items that were erased; what judges made of them is gone with them. */
  readonly erased: readonly Hex[];
  /** What none of the nodes gave, or gave otherwise than the season's files say, a sentence each. */
  readonly missing: readonly string[];
}

const MIB = 1024 * 1024;
/** Largest answers that are read, bytes: an item, a page of records. */
const [MOST_ITEM, MOST_PAGE] = [32 * MIB, 256 * MIB];
/** Items asked for at the same time. */
const AT_ONCE = 8;

const openedSchema = z.object({ item: evidenceItemSchema });
const pageSchema = z.object({
  records: z.array(z.object({ sealed: bytes32Schema, record: unitRecordSchema })),
  next: z.int().nullable(),
});

/**
 * The bundles of a season's folder, in their order.
 * @throws InputError where the folder or a bundle cannot be read
 */
export async function bundlesIn(folder: string): Promise<Bundle[]> {
  const files = [...(await readFolder(folder))].filter(([name]) => /^bundle-\d+\.json$/.test(name));
  const bundles = files.map(([name, bytes]) => ({ name, bundle: readDocument(name, bytes, bundleSchema) }));
  const stray = bundles.find(({ name, bundle }) => name !== bundleFile(bundle.round));
  if (stray !== undefined) throw new InputError("the bundle is of another round", { file: stray.name, field: "round" });
  const [first] = bundles;
  if (first === undefined) throw new InputError("there is no bundle in it", { file: folder });
  return bundles.map(({ bundle }) => bundle).sort((one, other) => one.round - other.round);
}

/**
 * Downloads what is private of a season and writes it to a folder for its owner alone.
 * @param nodes where the pool's intake and the oracle's nodes answer, as people know them
 * @throws InputError where the season cannot be read, a node refuses the account or does not answer, or the folder cannot be made
 */
export async function fetchPrivate(
  season: string,
  nodes: readonly string[],
  account: LocalAccount,
  out: string,
): Promise<Collected> {
  await requireNewFolder(out, season);
  const bundles = await bundlesIn(season);
  const collected = await collectPrivate(bundles, nodes, account);
  if (collected.parts.items.size > 0) await writePrivateFolder(out, collected.parts);
  return collected;
}

/** Downloads what is private of bundles of one pool. @throws InputError where a node refuses the account, or does not answer */
export async function collectPrivate(
  bundles: readonly Bundle[],
  urls: readonly string[],
  account: Pick<LocalAccount, "address" | "signMessage">,
): Promise<Collected> {
  const nodes = signedInNodes([...new Set(urls.map(trimmed))], account, bundles[0]!.chainId);
  const items = new Map<Hex, EvidenceItem>();
  const records = new Map<Hex, UnitRecord>();
  const erased: Hex[] = [];
  const missing: string[] = [];
  for (const bundle of bundles) {
    const leaves = bundle.evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : []));
    for (let from = 0; from < leaves.length; from += AT_ONCE) {
      const some = leaves.slice(from, from + AT_ONCE);
      const found = await Promise.all(some.map((leaf) => itemOf(nodes, bundle, leaf)));
      for (const [i, item] of found.entries()) {
        if (item === "gone") erased.push(some[i]!);
        else if ("problem" in item) missing.push(item.problem);
        else items.set(some[i]!, item);
      }
    }
    for (const record of bundle.judgements ?? []) {
      const problem = await recordsOf(nodes, record, { items, records });
      if (problem !== null) missing.push(problem);
    }
  }
  return { parts: { items, records }, erased, missing };
}

/** What came of it, for people. */
export function collectedText({ parts, erased, missing }: Collected, out: string): string {
  const { items, records } = parts;
  const lines = [
    items.size === 0
      ? "nothing private was to be had; nothing was written"
      : `written to ${out}: ${items.size} private items and ${records.size} records of judges, each as the season's files say`,
    ...(erased.length === 0 ? [] : [`erased: ${erased.length} items, and what judges made of them`]),
    ...missing.map((problem) => `missing: ${problem}`),
  ];
  return harmlessLines(`${lines.join("\n")}\n`);
}

/** A private item, from the first node that has it; `gone` where it was erased; else what is wrong, in words. */
async function itemOf(
  nodes: SignedInNodes,
  { pool, round }: Bundle,
  leaf: Hex,
): Promise<EvidenceItem | "gone" | { readonly problem: string }> {
  const problem = (what: string): { problem: string } => ({ problem: `item ${leaf} of round ${round}: ${what}` });
  for (const url of nodes.urls) {
    const path = `/v1/pools/${pool}/rounds/${round}/evidence/${leaf}`;
    const told = await nodes.ask(url, path, openedSchema, MOST_ITEM);
    if (told === "unknown") continue;
    if (told === "gone") return "gone";
    const found = evidenceLeaf(told.value.item);
    return found === leaf ? told.value.item : problem(`${url} gives ${found} for it`);
  }
  return problem("none of the nodes has it");
}

/**
 * Adds the whole records of a node's private units about items that are there.
 * @returns what is wrong, in words; `null` where all were had
 */
async function recordsOf(
  nodes: SignedInNodes,
  record: NodeRecord,
  into: { readonly items: ReadonlyMap<Hex, EvidenceItem>; readonly records: Map<Hex, UnitRecord> },
): Promise<string | null> {
  const sealed = record.units.filter((unit): unit is SealedUnit => "sealed" in unit && into.items.has(unit.source));
  if (sealed.length === 0) return null;
  const place = `${record.node}, round ${record.round}`;
  for (const url of nodes.urls) {
    const pages = await allPages(nodes, url, `/v1/judgements/${recordHash(record)}/private`);
    if (pages === null) continue;
    const given = new Map(pages.map((one) => [one.sealed, one.record]));
    let had = 0;
    for (const unit of sealed) {
      const whole = given.get(unit.sealed);
      if (whole === undefined) continue;
      if (sealedHash(into.items.get(unit.source)!.salt, whole) !== unit.sealed) {
        return `${place}: ${url} gives another record than ${unit.sealed}`;
      }
      into.records.set(unit.sealed, whole);
      had += 1;
    }
    return had === sealed.length ? null : `${place}: ${sealed.length - had} of ${sealed.length} records are not there`;
  }
  return `${place}: none of the nodes asked is that one`;
}

/** All pages of a list; `null` where the node knows of none. @throws InputError where they come to no end */
async function allPages(nodes: SignedInNodes, url: string, path: string) {
  const found: z.output<typeof pageSchema>["records"] = [];
  for (let after = 0; ;) {
    const told = await nodes.ask(url, `${path}?after=${after}`, pageSchema, MOST_PAGE);
    if (typeof told === "string") return null;
    found.push(...told.value.records);
    const { next } = told.value;
    if (next === null) return found;
    if (next <= after) throw new InputError("the node's pages come to no end", { field: "--node", value: url });
    after = next;
  }
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
