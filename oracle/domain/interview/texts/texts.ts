import { z } from "zod";

const sentence = z.string().min(1).max(2000);
/** A sentence about what the plan asks about; `{subject}` stands for it, in no grammatical case. */
const about = sentence.refine((text) => text.includes("{subject}"), "must name {subject}");
const words = z.array(z.string().regex(/^[\p{Ll}\p{Lo}\p{M}\p{N}]+$/u, "must be a word in lower case")).min(1);
const rating = z.strictObject({ text: about, low: sentence, high: sentence });

/** What a probe asks for. The code decides which are asked; a model may only phrase them. */
export const ASPECTS = ["what", "when", "where", "who"] as const;
export type Aspect = (typeof ASPECTS)[number];
const probes = z.strictObject({ what: sentence, when: sentence, where: sentence, who: sentence, more: sentence });

/**
 * All words of an interview in one language. A further language is a further file of this form, named in `index.ts`. Nothing here
 * praises, pities, agrees or suggests an answer.
 */
export const textsSchema = z.strictObject({
  /** BCP 47 primary subtag, with a region where one is needed. */
  language: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/),
  /** Its own name for itself. */
  name: sentence,
  consent: z.strictObject({ outcome: about, values: about, yes: sentence, no: sentence }),
  chooseLanguage: sentence,
  end: z.strictObject({ completed: sentence, declined: sentence, withdrawn: sentence }),
  /** What somebody wants, before the service. */
  aim: about,
  story: about,
  probes,
  /** "What got worse, or did not help?" */
  negative: about,
  counterfactual: about,
  now: rating,
  then: rating,
  detail: sentence,
  pressure: z.strictObject({ text: sentence, yes: sentence, no: sentence, unsaid: sentence, what: sentence }),
  values: z.strictObject({
    story: about,
    attend: sentence,
    another: sentence,
    sake: sentence,
    sakes: z.strictObject({ itself: sentence, means: sentence, others: sentence, unsure: sentence }),
    title: sentence,
    description: sentence,
    /** Before the card as it stands. */
    confirm: sentence,
    yes: sentence,
    no: sentence,
  }),
  /** Words that show that a story says when, where and who. Lower case, one word each. */
  cues: z.strictObject({ when: words, where: words, who: words }),
  /** What a phrased question must end with, and words it must not have. */
  phrasing: z.strictObject({
    questionMark: z.string().length(1),
    /** Words by which an interviewer speaks of itself. */
    self: words,
    /** Words that praise, pity, agree or lead. */
    loaded: words,
  }),
});

export type Texts = z.output<typeof textsSchema>;
