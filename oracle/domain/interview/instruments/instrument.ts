/** Under what terms an instrument's wording may be used. */
export interface Licence {
  /** Name or SPDX id of the licence. */
  readonly name: string;
  readonly holder: string;
  /** Where the holder states it. */
  readonly source: string;
  /** Whether a commercial interview may use it without a further agreement. */
  readonly commercial: boolean;
  /** What has to be shown to whoever is asked, or published. */
  readonly attribution: string;
}

/** An item's words in one language. Its text is shown as it stands here, in every wave. */
export interface ItemText {
  readonly text: string;
  /** Words at the lowest and the highest answer, where only the ends are named. */
  readonly ends?: readonly [low: string, high: string];
}

/** An instrument's words in one language. */
export interface InstrumentText {
  /** Who made this version: the holder, or this project (then it has not been validated). */
  readonly translation: "holder" | "project";
  /** Read out before the first item. */
  readonly intro: string;
  /** By item. */
  readonly items: Readonly<Record<string, ItemText>>;
  /** Words of each answer, where all are named; by value. */
  readonly labels?: Readonly<Record<number, string>>;
}

/** An item: whole numbers from `min` to `max`. */
export interface Item {
  readonly id: string;
  readonly min: number;
  readonly max: number;
}

/** A scale: (sum of its items) · factor, from `min` to `max`. Missing where one of its items is, unless its source says otherwise. */
export interface Scale {
  readonly id: string;
  readonly items: readonly string[];
  readonly factor: number;
  readonly min: number;
  readonly max: number;
  /** Which way is better. */
  readonly better: "higher" | "lower";
  /** Smallest difference that its source calls a real change; absent where none is published. */
  readonly smallestChange?: number;
}

/** A questionnaire as a plug-in: everything that is not code. */
export interface Instrument {
  readonly id: string;
  /** Changes with any word or rule; plans name it, so that all waves see the same words. */
  readonly version: string;
  readonly name: string;
  readonly reference: string;
  readonly licence: Licence;
  /** `state`: can be asked before the service too. `outcome`: only after it. */
  readonly measures: "state" | "outcome";
  /** `null`: the wording is not included, it has to come from the licence's holder. */
  readonly items: readonly Item[] | null;
  readonly scales: readonly Scale[];
  /** By language. */
  readonly texts: Readonly<Record<string, InstrumentText>>;
}

/** Items `ids`, all of the same range. */
export function itemsOf(ids: readonly string[], min: number, max: number): Item[] {
  return ids.map((id) => ({ id, min, max }));
}
