import { z } from "zod";
import { idSchema, textSchema } from "./forms.ts";

/** Kinds of evidence a criterion may rest on. */
export const SOURCE_TYPES = [
  "telemetry",
  "participant-interview",
  "participant-item",
  "provider-document",
  "third-party-document",
  "inspection",
  "registry",
  "laboratory-test",
] as const;

export type SourceType = (typeof SOURCE_TYPES)[number];

/**
 * One source of a criterion. `group` names who could shape it: two sources of one group stand or fall together, whatever their types.
 */
export const sourceSchema = z.strictObject({
  type: z.enum(SOURCE_TYPES),
  /** Who controls what the source says, such as `provider`, `participant`, `regulator`. */
  group: idSchema,
  /** What exactly is looked at, for people. */
  what: textSchema(300),
});

export type Source = z.output<typeof sourceSchema>;

/** Groups that follow from the type: who answers or writes is who could shape it. */
const FIXED_GROUPS: Partial<Record<SourceType, string>> = {
  "participant-interview": "participant",
  "participant-item": "participant",
  "provider-document": "provider",
};

/** Types that are somebody's who is not the provider, by their very meaning. */
const OUTSIDE: ReadonlySet<SourceType> = new Set(["third-party-document", "inspection", "registry"]);

/** What is wrong with a source's group, or `null`. */
export function groupProblem({ type, group }: Source): string | null {
  const fixed = FIXED_GROUPS[type];
  if (fixed !== undefined && group !== fixed) return `a ${type} is always of group "${fixed}"`;
  if (group === "provider" && OUTSIDE.has(type)) return `a ${type} cannot be the provider's own`;
  return null;
}

/** Whether two of the sources differ both in type and in who controls them. */
export function hasIndependentPair(sources: readonly Source[]): boolean {
  return sources.some((one, i) =>
    sources.slice(i + 1).some((other) => one.type !== other.type && one.group !== other.group),
  );
}
