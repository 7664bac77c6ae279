import { textAt, valueAt, type Facts } from "./facts.ts";
import { choice, open, storyAndProbes, type Words } from "./script.ts";
import type { Question } from "./steps.ts";

/** Fewest and most things attended to on a values card (Klingefjord, Lowe & Edelman, arXiv 2404.10636). */
export const FEWEST_ATTENDED = 3;
export const MOST_ATTENDED = 7;

/** Most times that a card is put into words before it is left unconfirmed. */
export const MOST_DRAFTS = 3;

/** Most characters of what goes on a card. */
export const CARD_LIMITS = { title: 100, description: 600, attended: 300 } as const;

/** Why something is worth attending to. Only what matters in itself, or may, goes on a card. */
export const SAKES = ["itself", "means", "others", "unsure"] as const;
export type Sake = (typeof SAKES)[number];

/** One thing attended to, as it was told. */
export interface Attended {
  /** Step that its words were given at. */
  readonly step: string;
  readonly text: string;
  readonly sake: Sake | null;
}

/**
 * The questions of a values interview so far: a real story, what the person attends to when it goes well, why each is worth it, a
 * title and a description, and whether that says it; if not, title and description again.
 */
export function valuesScript(words: Words, replies: Facts["replies"]): Question[] {
  const { values } = words.texts;
  const questions = [...storyAndProbes(words, values.story, replies), ...attending(words, replies)];
  const kept = attendedTo(replies).filter(isKept);
  if (kept.length === 0) return questions;
  for (let draft = 1; draft <= MOST_DRAFTS; draft++) {
    const title = `card/${draft}/title`;
    const description = `card/${draft}/description`;
    const confirm = `card/${draft}/confirm`;
    questions.push(
      open(words, title, values.title, CARD_LIMITS.title),
      open(words, description, values.description, CARD_LIMITS.description),
    );
    const [name, said] = [textAt(replies, title), textAt(replies, description)];
    if (name === null || said === null) break;
    const card = [name, said, ...kept.map(({ text }) => `– ${text}`)].join("\n");
    const options = [
      { value: "yes", label: values.yes },
      { value: "no", label: values.no },
    ];
    questions.push({ ...choice(words, confirm, "", options), text: `${values.confirm}\n\n${card}` });
    if (valueAt(replies, confirm) !== "no") break;
  }
  return questions;
}

/** What was said to be attended to, in the order it was told. */
export function attendedTo(replies: Facts["replies"]): Attended[] {
  const attended: Attended[] = [];
  for (let i = 1; i <= MOST_ATTENDED; i++) {
    const text = textAt(replies, `attend/${i}`);
    const sake = valueAt(replies, `attend/${i}/sake`);
    if (text !== null) attended.push({ step: `attend/${i}`, text, sake: SAKES.find((each) => each === sake) ?? null });
  }
  return attended;
}

/** Whether it goes on a card: neither merely a means nor merely for others' approval. */
export function isKept({ sake }: Attended): boolean {
  return sake !== "means" && sake !== "others";
}

function attending(words: Words, replies: Facts["replies"]): Question[] {
  const { values } = words.texts;
  const options = SAKES.map((value) => ({ value, label: values.sakes[value] }));
  const questions: Question[] = [];
  for (let i = 1; i <= MOST_ATTENDED; i++) {
    const id = `attend/${i}`;
    questions.push(open(words, id, i === 1 ? values.attend : values.another, CARD_LIMITS.attended));
    const text = textAt(replies, id);
    // Whoever skips one has no more to name.
    if (text === null) break;
    questions.push({ ...choice(words, `${id}/sake`, "", options), text: `${text}\n\n${values.sake}` });
    if (!replies.has(`${id}/sake`)) break;
  }
  return questions;
}
