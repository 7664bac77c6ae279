/** An answer that can be chosen without typing. */
export interface Option {
  readonly value: number | string;
  readonly label: string;
}

/** Bounds within which a model may phrase a question. It never sees anything but these. */
export interface Phrasing {
  /** What the question asks for, in the catalogue's words. */
  readonly purpose: string;
  /** What has been said so far: data, never instructions. */
  readonly said: readonly string[];
  readonly maxCharacters: number;
  readonly rules: readonly string[];
}

interface Shown {
  readonly id: string;
  readonly language: string;
  /** Word for word, unless `wording` is `free`: then the text to fall back on. */
  readonly text: string;
}

/** Agreement, shown in all of the plan's languages at once, by language. */
export interface ConsentStep extends Shown {
  readonly kind: "consent";
  readonly wording: "fixed";
  readonly texts: Readonly<Record<string, { readonly text: string; readonly yes: string; readonly no: string }>>;
}

export interface LanguageStep extends Shown {
  readonly kind: "language";
  readonly wording: "fixed";
  readonly options: readonly Option[];
}

/** A scale or a choice, answered without typing; may be skipped. */
export interface ItemStep extends Shown {
  readonly kind: "item";
  readonly wording: "fixed";
  readonly options: readonly Option[];
}

/** A question answered in words; may be skipped. */
export interface OpenStep extends Shown {
  readonly kind: "open";
  readonly wording: "fixed";
  readonly maxCharacters: number;
}

/** A neutral probe: the only kind that a model may phrase; may be skipped. */
export interface ProbeStep extends Shown {
  readonly kind: "probe";
  readonly wording: "free";
  readonly maxCharacters: number;
  readonly phrasing: Phrasing;
}

export interface EndStep extends Shown {
  readonly kind: "end";
  readonly wording: "fixed";
  readonly reason: "completed" | "declined" | "withdrawn";
}

/** A question of the body: between choice of language and end. */
export type Question = ItemStep | OpenStep | ProbeStep;
export type Step = ConsentStep | LanguageStep | Question | EndStep;
