import type { CriteriaDocument } from "../criteria/document.ts";
import { canonicalHash } from "../canonical.ts";
import type { Instrument, InstrumentText } from "./instruments/instrument.ts";
import { itemsOf } from "./instruments/instrument.ts";
import { LIBRARY, type Library } from "./library.ts";

/** Id of the instrument that is made of a document's criteria. */
export const STATEMENTS = "criteria";

const WORDS: Readonly<
  Record<string, { intro: string; ask: (statement: string) => string; ends: readonly [string, string] }>
> = {
  en: {
    intro:
      "The next sentences say what people may find good. How far does each of them hold for you, as of today? Any answer from 0 to 10 is fine.",
    ask: (statement) => `“${statement}”: how far does this hold for you?`,
    ends: ["not at all", "fully"],
  },
  de: {
    intro:
      "Die nächsten Sätze sagen, was Menschen gut finden können. Wie weit trifft jeder davon heute auf Sie zu? Jede Antwort von 0 bis 10 ist in Ordnung.",
    ask: (statement) => `„${statement}“: Wie weit trifft das auf Sie zu?`,
    ends: ["überhaupt nicht", "voll und ganz"],
  },
};

/**
 * A fixed question for each criterion that is judged from interviews: its statement, answered from 0 to 10. So what a person writes has
 * something it cannot raise. Statements stand in the document's language, the words around them in that of the interview.
 */
export function statementInstrument({ criteria }: Pick<CriteriaDocument, "criteria">): Instrument {
  const asked = criteria.filter(
    ({ measure, sources }) => measure.kind === "judged" && sources.some(({ type }) => type === "participant-interview"),
  );
  const ids = asked.map(({ id }) => id);
  const texts = Object.fromEntries(
    Object.entries(WORDS).map(([language, { intro, ask, ends }]): [string, InstrumentText] => {
      const items = Object.fromEntries(asked.map(({ id, statement }) => [id, { text: ask(statement), ends }]));
      return [language, { translation: "project", intro, items }];
    }),
  );
  return {
    id: STATEMENTS,
    version: canonicalHash(asked.map(({ id, statement }) => [id, statement])).slice(2, 18),
    name: "Statements of the criteria",
    reference: "the buyers' own statements, one item each; not validated",
    licence: { name: "CC0-1.0", holder: "none", source: "this file", commercial: true, attribution: "none needed" },
    measures: "outcome",
    items: itemsOf(ids, 0, 10),
    scales: ids.map((id) => ({ id, items: [id], factor: 1, min: 0, max: 10, better: "higher" })),
    texts,
  };
}

/** The project's library with the statements of a document's criteria. */
export function statementLibrary(document: Pick<CriteriaDocument, "criteria">): Library {
  const instruments = new Map([...LIBRARY.instruments, [STATEMENTS, statementInstrument(document)]]);
  return { ...LIBRARY, instruments };
}
