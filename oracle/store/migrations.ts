import type { Migration } from "./migrate.ts";

/** Every change of what is stored, in order. A released step is never changed: another one follows it. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, about: "the first form: nothing to change", step: () => Promise.resolve({}) },
];
