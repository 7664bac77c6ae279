import type { Instrument } from "./instruments/instrument.ts";
import { INSTRUMENTS } from "./instruments/index.ts";
import { TEXTS } from "./texts/index.ts";
import type { Texts } from "./texts/texts.ts";

/** What interviews are made of; an operator may add to it. */
export interface Library {
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly texts: ReadonlyMap<string, Texts>;
}

/** What comes with the project. */
export const LIBRARY: Library = { instruments: INSTRUMENTS, texts: TEXTS };
