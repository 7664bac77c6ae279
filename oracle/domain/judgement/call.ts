/** One JSON value asked of a model. What stays the same over calls stands first, so that endpoints can keep it at hand. */
export interface JudgeCall {
  readonly purpose: "extract" | "contrary" | "judge";
  /** The prompt's text, the same for all calls of a purpose. */
  readonly system: string;
  /** Canonical JSON of the case. */
  readonly user: string;
  readonly schema: { readonly name: string; readonly jsonSchema: Readonly<Record<string, unknown>> };
}
