import { expect } from "chai";
import fc from "fast-check";
import { MAX_ID, READABLE_ID } from "../../../oracle/domain/criteria/forms.ts";
import { transcriptOf } from "../../../oracle/domain/interview/transcript.ts";
import { cardSchema } from "../../../oracle/domain/values/card.ts";
import { cardId, toldCard } from "../../../oracle/domain/values/told-card.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { begin, repair, STORY, values, walk, type Chat } from "../interview/plans.ts";

const MARK = "0123456789ab";

/** What somebody says who names so many things, all for their own sake but those named otherwise. */
function said(count: number, others: Readonly<Record<string, string | null>> = {}): Record<string, string | null> {
  const attended = Array.from({ length: count }, (_, i) => [
    [`attend/${i + 1}`, `MOMENTS of kind ${i + 1}`],
    [`attend/${i + 1}/sake`, "itself"],
  ]).flat() as [string, string][];
  return {
    story: STORY,
    "probe/1/when": null,
    ...Object.fromEntries(attended),
    [`attend/${count + 1}`]: null,
    "card/1/title": "Being seen",
    "card/1/description": "Somebody notices.",
    "card/1/confirm": "yes",
    ...others,
  };
}

function told(texts: Readonly<Record<string, string | null>>, until = ""): Chat {
  const chat = begin(values(), "values");
  walk(chat, texts, until);
  return chat;
}

const cardOf = ({ plan, log }: Chat) => toldCard(plan, log, MARK);

describe("The card of a values interview", () => {
  it("has the person's own words, the story as a quote, and the hash of the transcript as where it stands", () => {
    const chat = told(said(3));
    const card = cardOf(chat)!;
    expect(card).to.deep.equal({
      id: `being-seen-${MARK}`,
      title: "Being seen",
      description: "Somebody notices.",
      policies: [1, 2, 3].map((i) => ({ id: `p${i}`, text: `MOMENTS of kind ${i}` })),
      stories: [{ quote: STORY, from: { kind: "interview", leaf: transcriptOf(chat.plan, chat.log).hash } }],
    });
    expect(cardSchema.parse(card)).to.deep.equal(card);
  });

  it("holds up to seven things, and not those that are only means or only for others", () => {
    expect(cardOf(told(said(7)))!.policies).to.have.length(7);
    const some = cardOf(told(said(5, { "attend/2/sake": "means", "attend/4/sake": "others" })))!;
    expect(some.policies.map(({ text }) => text)).to.deep.equal([1, 3, 5].map((i) => `MOMENTS of kind ${i}`));
  });

  it("is the last one that was put into words", () => {
    const again = { "card/1/confirm": "no", "card/2/title": "Being met", "card/2/confirm": "yes" };
    expect(cardOf(told(said(3, again)))!.title).to.equal("Being met");
  });

  for (const [what, texts] of [
    ["fewer than three things for their own sake", said(2)],
    ["three of which one is only a means", said(3, { "attend/1/sake": "means" })],
    ["no story", said(3, { story: null })],
    ["no title", said(3, { "card/1/title": null })],
    ["a card that is not confirmed", said(3, { "card/1/confirm": null })],
  ] as const) {
    it(`is none where there is ${what}`, () => {
      expect(cardOf(told(texts))).to.equal(null);
    });
  }

  it("is none before the interview is over", () => {
    expect(cardOf(told(said(3), "card/1/confirm"))).to.equal(null);
  });

  it("quotes the beginning of a long story, word for word, to the end of a word", () => {
    const story = `${"word ".repeat(240)}end`;
    const { quote } = cardOf(told(said(3, { story })))!.stories[0]!;
    expect(story.startsWith(quote)).to.equal(true);
    expect(quote).to.match(/ word$/);
    expect(quote.length).to.be.within(990, 1000);
    const { quote: one } = cardOf(told(said(3, { story: `x${"😀".repeat(600)}` })))!.stories[0]!;
    expect(one).to.equal(`x${"😀".repeat(499)}`);
  });

  it("is of values only", () => {
    const chat = begin(repair(), "day-30");
    expect(() => cardOf(chat)).to.throw(InputError, /not a plan of values/);
  });

  it("has an id that is readable whatever the title, with room for what is made of it", () => {
    expect(cardId("Später: Ruhe & Café", MARK)).to.equal(`spater-ruhe-cafe-${MARK}`);
    expect(cardId("静けさ", MARK)).to.equal(`card-${MARK}`);
    expect(cardId("3 songs", MARK)).to.equal(`card-3-songs-${MARK}`);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (title) => {
        const id = `${cardId(title, MARK)}-p7`;
        expect(id).to.match(READABLE_ID);
        expect(id.length).to.be.at.most(MAX_ID);
      }),
      { numRuns: 30 },
    );
  });
});
