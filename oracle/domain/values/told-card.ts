import type { InterviewEvent } from "../interview/events.ts";
import type { InterviewPlan } from "../interview/plan.ts";
import { transcriptOf } from "../interview/transcript.ts";
import { valuesDraft } from "../interview/values-card.ts";
import type { Card } from "./card.ts";

/** Most UTF-16 units of a story on a card. */
const MOST_QUOTED = 1000;

/** Most words of a title in a card's id, and most letters of each: criteria have ids made of it, of up to 60 characters. */
const [MOST_WORDS, MOST_OF_WORD] = [3, 12];

/**
 * The card a finished values interview yields, in the person's own words; `null` where it yields none: it is not finished, the card is
 * not confirmed, fewer than three things are attended to for their own sake, or no story was told.
 * @param mark tells apart cards of the same title, and says nothing of whose they are: lower-case letters and digits
 * @throws InputError where the plan is not one of values, or the log not of this plan
 */
export function toldCard(plan: InterviewPlan, events: readonly InterviewEvent[], mark: string): Card | null {
  const draft = valuesDraft(plan, events);
  if (draft === null || !draft.usable || draft.story === null || events.at(-1)?.type !== "completed") return null;
  const { title, description, attended, story } = draft;
  return {
    id: cardId(title, mark),
    title,
    description,
    policies: attended.map(({ text }, i) => ({ id: `p${i + 1}`, text })),
    stories: [{ quote: beginning(story), from: { kind: "interview", leaf: transcriptOf(plan, events).hash } }],
  };
}

/** A readable id: Latin letters and digits of the title's first words, and the mark. */
export function cardId(title: string, mark: string): string {
  const plain = title
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const id = [...words.slice(0, MOST_WORDS).map((word) => word.slice(0, MOST_OF_WORD)), mark].join("-");
  return /^[a-z].*-/.test(id) ? id : `card-${id}`;
}

/** A story from its beginning, word for word, to the last white space within the length a card takes. */
function beginning(story: string): string {
  if (story.length <= MOST_QUOTED) return story;
  const cut = story.slice(0, MOST_QUOTED);
  const end = cut.search(/\s\S*$/);
  // Half a character may stand at the end of what has no white space.
  return (end > 0 ? cut.slice(0, end) : cut.replace(/[\ud800-\udbff]$/, "")).trimEnd();
}
