import { MAX_ID, READABLE_ID } from "../../criteria/forms.ts";
import { spaced } from "../../criteria/phrases.ts";
import { error, type Check, type Finding } from "../finding.ts";

/** An id, or a text that has to be the only one of its kind, and where it stands. */
interface Place {
  readonly path: string;
  readonly text: string;
}

const idsOf = (path: string, list: readonly { readonly id: string }[]): Place[] =>
  list.map(({ id }, i) => ({ path: `${path}[${i}].id`, text: id }));

/** Ids that people or programs could confuse. Criteria and held-out places share their names. */
export const ids: Check = ({ cards, criteria, heldOut }) => {
  const scopes = [
    [...idsOf("criteria", criteria), ...idsOf("heldOut", heldOut)],
    idsOf("cards", cards),
    ...cards.map(({ policies }, i) => idsOf(`cards[${i}].policies`, policies)),
    ...criteria.map(({ measure }, i) =>
      measure?.kind === "judged" ? idsOf(`criteria[${i}].measure.questions`, measure.questions) : [],
    ),
  ];
  const statements = criteria.map(({ statement }, i) => ({
    path: `criteria[${i}].statement`,
    text: spaced(statement),
  }));
  return [
    ...scopes.flatMap((scope) => [...scope.flatMap(unreadable), ...repeated(scope, "id")]),
    ...repeated(statements, "statement"),
  ];
};

function unreadable({ path, text }: Place): Finding[] {
  if (READABLE_ID.test(text) && text.length <= MAX_ID) return [];
  const fix = `use words of lower-case letters and digits with hyphens between them, at most ${MAX_ID} characters`;
  return [error("id", path, `${JSON.stringify(text)} is not readable`, fix)];
}

function repeated(places: readonly Place[], what: string): Finding[] {
  const seen = new Set<string>();
  return places.flatMap(({ path, text }) => {
    if (seen.has(text))
      return [error("id", path, `the ${what} "${text.trim()}" is there already`, "give each its own")];
    seen.add(text);
    return [];
  });
}
