import type { Random } from "./draws.ts";

/**
 * Written for the project, no real person's words. Reports are put together of parts, so that honest ones share a
 * vocabulary and now and then half a sentence, as reports about one garage do.
 */
const WHEN = [
  "I came in on a Tuesday because",
  "My sister told me about this garage after",
  "It was the second winter in a row that",
  "We had a holiday planned and then",
  "I drive to work every day, so I got worried when",
  "The garage nearer to us was full, and",
  "For weeks I put it off although",
  "On the motorway near the river bridge",
  "I am not good with machines, but even I noticed that",
  "An old van like ours always has something, this time",
  "After the last inspection I was told that",
  "I bought it second hand in spring and soon",
] as const;
const WHAT = [
  "the brakes made a grinding noise",
  "the clutch slipped on hills",
  "the heating stayed cold",
  "a warning light came on and would not go out",
  "the engine stalled at traffic lights",
  "oil dripped onto my driveway",
  "the left window no longer closed",
  "the gearbox jumped out of third",
  "the exhaust hung down on one side",
  "the battery was flat every other morning",
  "the steering pulled to the right",
  "one of the tyres lost air overnight",
] as const;
const WHO = [
  "They",
  "The mechanic",
  "The young man at the desk",
  "Her boss",
  "The owner",
  "Somebody there",
  "The woman in charge",
] as const;
const GOOD = [
  "showed me the worn part",
  "explained what could wait until summer",
  "rang before doing anything that cost extra",
  "charged {n} euros less than we had agreed",
  "taught my daughter how to change a bulb",
  "lent me a bicycle for {n} days",
  "found a loose hose that two others had missed",
  "stayed {n} minutes longer so that I could fetch it",
  "matched the paint so well that I cannot find the spot",
  "got it through the inspection at the first try",
  "made the noise go away for good",
  "set the seat back where I had it",
] as const;
const MIXED = [
  "took {n} days longer than promised",
  "wrote a bill that was hard to read",
  "called back only after I had asked {n} times",
  "left the seat greasy",
  "fitted a part from a scrapyard without saying so",
  "let me wait in a draughty room for {n} minutes",
  "did what I asked and nothing beyond it",
  "forgot the floor mats in another car",
] as const;
const BAD = [
  "gave it back with the same fault",
  "replaced a part that had been fine",
  "put the price up by {n} euros without a word",
  "shrugged when I complained",
  "kept it for {n} weeks and did nothing",
  "talked down to me from the first minute",
  "lost a screw of the wheel cover",
  "sent me away, so that I paid a second time elsewhere",
] as const;
const DETAIL = [
  "which I had not expected",
  "as my neighbour had told me",
  "although it was late on a Friday",
  "while the radio was on",
  "and that matters to me more than the price",
  "so I could still pick up the children",
  "and I wrote that down at once",
  "just before the first snow",
  "even though they had much to do",
  "and my husband saw it too",
  "as if it were nothing",
  "which the last place never did",
  "and since then I drive with another feeling",
  "to be honest",
] as const;
const AND = [". ", "; ", ", and ", ". Also, "] as const;

/** An honest or at least independent report of so good an outcome, 0 to 1: up to 6 parts in any order. */
export function independentText(random: Random, outcome: number): string {
  const deeds = Array.from({ length: 3 + Math.floor(random() * 3) }, () => {
    const draw = outcome + (random() - 0.5) * 0.6;
    return pick(random, draw > 0.6 ? GOOD : draw > 0.35 ? MIXED : BAD);
  });
  const opinions = [...new Set(deeds)].map((deed) =>
    [pick(random, WHO), deed, ...(random() < 0.7 ? [pick(random, DETAIL)] : [])].join(" "),
  );
  const parts = [`${pick(random, WHEN)} ${pick(random, WHAT)}`, ...shuffled(random, opinions)];
  const numbered = parts.map((part) => part.replace("{n}", String(2 + Math.floor(random() * 28))));
  return `${numbered.reduce((text, part) => text + pick(random, AND) + part)}.`;
}

/** What a farm was told to write, and words it may change. */
const SCRIPTS = [
  "I am extremely happy with this garage because the whole team worked quickly, the problem was solved completely on the first visit, " +
    "the price was absolutely fair and my car has been driving perfectly ever since, so I would recommend them to all my friends.",
  "From the first phone call everything was handled in a friendly way, the mechanics repaired my vehicle within a single day, they gave " +
    "clear answers to every question and the result is simply outstanding, truly the best workshop that I have visited in many years.",
  "My vehicle came back like new, the staff kept their promise about time and cost, nothing was left unfinished and I feel completely " +
    "safe on the road again, which is why this garage deserves the highest marks in every respect from our entire family.",
] as const;
const SYNONYMS: readonly (readonly string[])[] = [
  ["extremely", "very", "really", "incredibly"],
  ["happy", "pleased", "satisfied", "delighted"],
  ["garage", "workshop", "shop"],
  ["whole", "entire"],
  ["team", "staff", "crew"],
  ["quickly", "fast", "swiftly"],
  ["problem", "issue", "fault"],
  ["solved", "fixed", "resolved"],
  ["completely", "fully", "totally"],
  ["absolutely", "entirely"],
  ["fair", "reasonable", "honest"],
  ["car", "vehicle", "auto"],
  ["perfectly", "flawlessly", "smoothly"],
  ["recommend", "suggest"],
  ["friends", "colleagues", "neighbours"],
  ["everything", "all of it"],
  ["friendly", "kind", "polite"],
  ["repaired", "mended", "fixed"],
  ["clear", "plain", "good"],
  ["outstanding", "excellent", "superb"],
  ["best", "finest"],
  ["visited", "tried", "used"],
  ["promise", "word"],
  ["safe", "secure"],
  ["highest", "top"],
];

/** One of the farm's scripts, as it is or with a few words added at the end. */
export function copiedText(random: Random): string {
  return `${pick(random, SCRIPTS)}${pick(random, ["", " Thank you!", " Great work, keep it up.", " See you next time."])}`;
}

/**
 * One of the farm's scripts in other words: every word that has synonyms is exchanged with the chance given, its clauses change places with
 * the same chance, one clause in five is left out.
 */
export function paraphrasedText(random: Random, change: number): string {
  const clauses = pick(random, SCRIPTS).replace(/\.$/, "").split(", ");
  const kept = clauses.filter((_, i) => i === 0 || random() > 0.2);
  const ordered = random() < change ? shuffled(random, kept) : kept;
  const reworded = ordered.join(", ").replace(/[a-zA-Z]+/g, (word) => {
    const family = SYNONYMS.find((words) => words.includes(word));
    return family === undefined || random() > change ? word : pick(random, family);
  });
  return `${reworded}.`;
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
