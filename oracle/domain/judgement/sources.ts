import type { Hex } from "viem";
import type { Criterion } from "../criteria/criterion.ts";
import type { CriteriaDocument } from "../criteria/document.ts";
import type { SourceType } from "../criteria/sources.ts";
import { judgeView, withoutNames, type Names } from "../interview/judge-view.ts";
import type { Transcript } from "../interview/transcript.ts";
import { normalise } from "../text/normalise.ts";
import { LIMITS, type JudgedCriterion, type Passage, type Unit } from "./unit.ts";

/** Words of one item of evidence, ready to be judged. */
export interface WordSource {
  /** Leaf of the item. */
  readonly source: Hex;
  readonly type: SourceType;
  /** Who controls what it says, as criteria name it. */
  readonly group: string;
  readonly passages: readonly Passage[];
}

/** Characters of a passage of a document, at most; it ends at a line where there is one. */
const PAGE = 4_000;

/** What people said in an interview: an answer is a passage. Nothing of who they are, whom it is about, or what they ticked. */
export function transcriptPassages(transcript: Transcript, names: Names): Passage[] {
  const { turns } = judgeView(transcript, names).view;
  return turns.flatMap(({ question, text }) => passage(question, normalise(text).text));
}

/** A document's text as people see it, in passages; without the names of whoever is judged. */
export function documentPassages(text: string, names: Names): Passage[] {
  return pagesOf(withoutNames(normalise(text).text, names));
}

function pagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  for (let rest = text; rest !== "";) {
    const end = rest.length <= PAGE ? rest.length : cutAt(rest);
    passages.push(...passage(`part ${passages.length + 1}`, rest.slice(0, end)));
    rest = rest.slice(end);
  }
  return passages;
}

/**
 * What is judged of a source: it under each criterion that is judged and names its type and group. One that is too long for a call is
 * several units, of whole passages.
 */
export function unitsOf({ source, type, group, passages }: WordSource, { criteria }: CriteriaDocument): Unit[] {
  const parts = partsOf(passages);
  return criteria
    .filter(({ sources }) => sources.some((one) => one.type === type && one.group === group))
    .flatMap((criterion) => judgedOf(criterion) ?? [])
    .flatMap((criterion) => parts.map((part): Unit => ({ source, criterion, passages: part })));
}

function judgedOf({ id, statement, measure }: Criterion): JudgedCriterion | null {
  if (measure.kind !== "judged") return null;
  const questions = measure.questions.map(({ id: question, text, met }) => ({ id: question, text, met }));
  return { id, statement, questions };
}

function passage(id: string, text: string): Passage[] {
  return text.trim() === "" ? [] : [{ id, text }];
}

/** After the last line break of a page, else after its last space, else in the middle of a word, but of no character. */
function cutAt(text: string): number {
  const page = text.slice(0, PAGE);
  const at = Math.max(page.lastIndexOf("\n"), page.lastIndexOf("\n") < 0 ? page.lastIndexOf(" ") : -1);
  if (at > 0) return at + 1;
  const high = page.charCodeAt(PAGE - 1);
  return high >= 0xd800 && high <= 0xdbff ? PAGE - 1 : PAGE;
}

function partsOf(passages: readonly Passage[]): Passage[][] {
  const parts: Passage[][] = [];
  let held = 0;
  for (const one of passages.flatMap(bounded)) {
    const last = parts.at(-1);
    if (last === undefined || held + one.text.length > LIMITS.evidence) {
      parts.push([one]);
      held = one.text.length;
    } else {
      last.push(one);
      held += one.text.length;
    }
  }
  return parts;
}

/** A passage longer than a unit may be, cut. */
function bounded({ id, text }: Passage): Passage[] {
  if (text.length <= LIMITS.evidence) return [{ id, text }];
  return pagesOf(text).map((one, i) => ({ id: `${id} ${i + 1}`, text: one.text }));
}
