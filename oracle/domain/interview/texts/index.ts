import { DE } from "./de.ts";
import { EN } from "./en.ts";
import type { Texts } from "./texts.ts";

/** The catalogue by language. A further language: a further file, named here. */
export const TEXTS: ReadonlyMap<string, Texts> = new Map([EN, DE].map((texts) => [texts.language, texts]));
