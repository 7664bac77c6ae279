import type { Shuffle } from "./order.ts";
import type { Answer } from "./unit.ts";

/**
 * A case nobody disputes, put among the real ones of every call: a sentence about something else, with a question it answers and
 * one it does not. Who is talked into one answer for everything gets one of them wrong, whichever that answer is.
 */
export interface Decoy {
  readonly sentence: string;
  readonly questions: readonly { readonly text: string; readonly right: readonly Answer[] }[];
}

const decoy = (sentence: string, met: string, other: string, otherRight: readonly Answer[]): Decoy => ({
  sentence,
  questions: [
    { text: met, right: ["met"] },
    { text: other, right: otherRight },
  ],
});

const NO: readonly Answer[] = ["not-met"];
const OPEN: readonly Answer[] = ["insufficient"];

/** Neutral, of everyday life, far from what anybody is paid for here. */
export const DECOYS: readonly Decoy[] = [
  decoy(
    "The library on Mill Lane opens at nine.",
    "Does the library on Mill Lane open at nine?",
    "Does the library on Mill Lane open at noon?",
    NO,
  ),
  decoy("Our neighbour keeps three hens.", "Does the neighbour keep hens?", "Does the neighbour keep a horse?", OPEN),
  decoy(
    "The ferry was painted green last spring.",
    "Was the ferry painted green?",
    "Was the ferry painted red last spring?",
    NO,
  ),
  decoy(
    "It rained all Sunday in the valley.",
    "Did it rain in the valley on Sunday?",
    "Did it snow in the mountains on Monday?",
    OPEN,
  ),
  decoy(
    "The choir meets in the old school.",
    "Does the choir meet in the old school?",
    "Does the choir meet in the town hall?",
    NO,
  ),
  decoy("My sister plays the cello.", "Does the sister play the cello?", "Does the sister own a boat?", OPEN),
  decoy(
    "The market moved from Friday to Saturday.",
    "Did the market move to Saturday?",
    "Is the market still on Friday?",
    NO,
  ),
  decoy(
    "There are two apple trees behind the chapel.",
    "Are there apple trees behind the chapel?",
    "Is there a pond in front of the chapel?",
    OPEN,
  ),
  decoy(
    "The last bus leaves at half past ten.",
    "Does the last bus leave at half past ten?",
    "Does the last bus leave at midnight?",
    NO,
  ),
  decoy("The baker's van is blue.", "Is the baker's van blue?", "Is the butcher's shop open on holidays?", OPEN),
  decoy(
    "The clock tower has four bells.",
    "Does the clock tower have four bells?",
    "Does the clock tower have a single bell?",
    NO,
  ),
  decoy(
    "He found the kite in the ditch.",
    "Was the kite found in the ditch?",
    "Was the kite bought in a shop by the sea?",
    OPEN,
  ),
  decoy(
    "The footpath is closed until June.",
    "Is the footpath closed until June?",
    "Was the footpath open in May?",
    NO,
  ),
  decoy("We had soup and bread for lunch.", "Was there soup for lunch?", "Was there fish for dinner?", OPEN),
  decoy(
    "The museum shows old ships.",
    "Does the museum show old ships?",
    "Does the museum have a café on the roof?",
    OPEN,
  ),
  decoy("The lake froze in January.", "Did the lake freeze in January?", "Was the lake free of ice all winter?", NO),
];

/** Decoys of a call, how many of each kind is the same in every call. */
export function decoysFor(shuffle: Shuffle): readonly Decoy[] {
  const isNo = ({ questions }: Decoy): boolean => questions[1]!.right === NO;
  const [no] = shuffle(DECOYS.filter(isNo));
  const [open] = shuffle(DECOYS.filter((one) => !isNo(one)));
  return [no!, open!];
}
