import { InputError } from "../errors.ts";
import { shinglesOf } from "./shingles.ts";
import { compareTexts, type Compare, type Likeness } from "./similar-texts.ts";

/** Marks of where a report came from. Each of the first four alone says that two have one author; of the others it takes two. */
export const STRONG_ORIGINS = ["source-key", "device", "session", "payment-account"] as const;
export const WEAK_ORIGINS = ["ip", "referrer", "burst", "station"] as const;
export type OriginKind = (typeof STRONG_ORIGINS)[number] | (typeof WEAK_ORIGINS)[number];

/** One mark; its value is opaque, a salted hash of what must not be known. */
export interface Origin {
  readonly kind: OriginKind;
  readonly value: string;
}

/** What one participant reported of one provider under one criterion. */
export interface Report {
  readonly id: string;
  readonly provider: string;
  readonly criterion: string;
  /** When the intake received it, seconds; by its signed receipt. */
  readonly receivedAt: number;
  readonly text: string;
  readonly origins: readonly Origin[];
}

/** Reports that weigh as one. */
export interface CopyGroup {
  readonly provider: string;
  readonly criterion: string;
  /** In order of receipt: the first counts, the others do not. */
  readonly members: readonly string[];
  /** In words, why; one for each member but the first. */
  readonly reasons: readonly string[];
}

export interface Discount {
  /** By id: 1, or 0 for what repeats an earlier report. */
  readonly weights: ReadonlyMap<string, number>;
  readonly groups: readonly CopyGroup[];
}

/** From where on texts are taken for one: alone, and where the reports share a weak mark. */
export const COPY = {
  alone: { contained: 0.55, cosine: 0.65 },
  withMark: { contained: 0.35, cosine: 0.5 },
} as const satisfies Record<string, Likeness>;

/**
 * Groups reports of one provider and criterion that are copies of one another or come from one hand, and lets each group weigh as one
 * report: Kish's design effect 1 + (k − 1)ρ (Survey Sampling, 1965) at ρ = 1, its cautious end. The first by receipt counts: were the
 * weight shared, copying a bad report and marking it good would dilute it. A report joins the group of the earliest one that it repeats and
 * never joins two groups together: n copies add one report at most. How alike two texts are hangs a little on all texts of the provider and
 * criterion, as rare terms weigh more, so what comes later can move a pair that is close to a threshold.
 * @param templates wording of questions and forms, which answers may repeat
 * @throws InputError where an id stands twice
 */
export function discountReports(reports: readonly Report[], templates: readonly string[] = []): Discount {
  const ordered = [...reports].sort(byReceipt);
  if (new Set(ordered.map(({ id }) => id)).size !== ordered.length) {
    throw new InputError("a report stands twice", { limit: "each id once" });
  }
  const common = commonShingles(ordered, templates);
  const groups = [...partsOf(ordered).values()].flatMap((part) => groupsOf(part, common));
  const later = new Set(groups.flatMap(({ members }) => members.slice(1)));
  return { weights: new Map(ordered.map(({ id }) => [id, later.has(id) ? 0 : 1])), groups };
}

function byReceipt(one: Report, other: Report): number {
  return one.receivedAt - other.receivedAt || (one.id < other.id ? -1 : 1);
}

function partsOf(reports: readonly Report[]): Map<string, Report[]> {
  const parts = new Map<string, Report[]>();
  for (const report of reports) {
    const key = JSON.stringify([report.provider, report.criterion]);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [report]);
    else part.push(report);
  }
  return parts;
}

/**
 * Runs of words that say nothing of who wrote them: those of the templates, and those found with more than half of the providers, at
 * least four. By providers, not by reports, so that a provider's own copies do not make themselves common.
 */
function commonShingles(reports: readonly Report[], templates: readonly string[]): Set<string> {
  const common = new Set(templates.flatMap((template) => [...shinglesOf(template)]));
  const texts = new Map<string, Set<string>>();
  for (const { provider, text } of reports) {
    const shingles = texts.get(provider) ?? new Set();
    texts.set(provider, shingles);
    for (const shingle of shinglesOf(text)) shingles.add(shingle);
  }
  if (texts.size < 4) return common;
  const providers = new Map<string, number>();
  for (const shingles of texts.values()) {
    for (const shingle of shingles) providers.set(shingle, (providers.get(shingle) ?? 0) + 1);
  }
  const most = Math.max(3, texts.size / 2);
  for (const [shingle, count] of providers) if (count > most) common.add(shingle);
  return common;
}

function groupsOf(part: readonly Report[], common: ReadonlySet<string>): CopyGroup[] {
  const compare = compareTexts(
    part.map(({ text }) => text),
    common,
  );
  const groupOf: number[] = [];
  const groups = new Map<number, { members: string[]; reasons: string[] }>();
  part.forEach((report, i) => {
    groupOf[i] = i;
    for (let j = 0; j < i; j++) {
      const reason = sameHand(part[j]!, report, compare, j, i);
      if (reason === null) continue;
      const first = groupOf[j]!;
      groupOf[i] = first;
      const group = groups.get(first) ?? { members: [part[first]!.id], reasons: [] };
      groups.set(first, group);
      group.members.push(report.id);
      group.reasons.push(`${report.id} and ${part[j]!.id}: ${reason}`);
      break;
    }
  });
  return [...groups.values()].map((group) => ({
    provider: part[0]!.provider,
    criterion: part[0]!.criterion,
    ...group,
  }));
}

/** Why two reports are of one hand, in words, or `null`. */
function sameHand(one: Report, other: Report, compare: Compare, i: number, j: number): string | null {
  const shared = other.origins.filter(({ kind, value }) =>
    one.origins.some((origin) => origin.kind === kind && origin.value === value),
  );
  const kinds = [...new Set(shared.map(({ kind }) => kind))].sort();
  const strong = kinds.find((kind) => (STRONG_ORIGINS as readonly string[]).includes(kind));
  if (strong !== undefined) return `same ${strong}`;
  if (kinds.length >= 2) return `same ${kinds.join(" and ")}`;
  const likeness = compare(i, j);
  const bar = kinds.length === 0 ? COPY.alone : COPY.withMark;
  if (likeness.contained < bar.contained && likeness.cosine < bar.cosine) return null;
  const alike = `texts alike (runs of words ${percent(likeness.contained)}, terms ${percent(likeness.cosine)})`;
  return kinds.length === 0 ? alike : `same ${kinds[0]!} and ${alike}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
