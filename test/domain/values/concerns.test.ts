import { expect } from "chai";
import fc from "fast-check";
import { cardSchema, type Card } from "../../../oracle/domain/values/card.ts";
import { concernsOf, review, type Ruling } from "../../../oracle/domain/values/concerns.ts";
import { wordSimilarity } from "../../../oracle/domain/values/similarity.ts";
import { ANNA, BEN, card } from "../criteria/example.ts";

const CLEA = "0x00000000000000000000000000000000000000c3";

/** A card with its own policies. */
function about(id: string, ...texts: string[]): Card {
  return {
    ...card(id),
    title: `On ${id}`,
    description: `Of ${id}`,
    policies: texts.map((text, i) => ({ id: `p${i}`, text })),
  };
}

const honest = about(
  "craft",
  "MOMENTS of care for a joint nobody sees",
  "JOY when wood fits",
  "CHANGES in how hands move",
);

const found = (...cards: Card[]): string[] =>
  concernsOf(cards, () => 0).map(({ rule, about: where }) => `${rule} ${where}`);

describe("doubts about cards", () => {
  it("finds none about a card that is about something for its own sake", () => expect(found(honest)).to.deep.equal([]));

  const cases: [string, Card, string[]][] = [
    [
      "a means",
      about("x", "SKILLS that help my career", "JOY when wood fits", "CARE for old tools"),
      ["instrumental x/p0"],
    ],
    [
      "being seen",
      about("x", "CHANCES to impress the neighbours", "JOY when wood fits", "CARE for old tools"),
      ["approval-seeking x/p0"],
    ],
    ["a single word", about("x", "joy", "JOY when wood fits", "CARE for old tools"), ["vague x/p0"]],
    ["a means in the description", { ...honest, description: "Woodwork, in order to relax" }, ["instrumental craft"]],
    [
      "a policy twice",
      about("x", "JOY when wood fits", "joy, when wood fits.", "CARE for old tools"),
      ["duplicate x/p1"],
    ],
    ["whole words only", about("x", "MOMENTS of statuses and careers", "JOY when wood fits", "CARE for old tools"), []],
  ];
  for (const [what, one, expected] of cases) {
    it(`looks for ${what}`, () => expect(found(one)).to.deep.equal(expected));
  }

  it("calls cards of one title duplicates, and names the first", () => {
    const [one, other] = [honest, { ...about("b", "a b c d", "e f g h", "i j k l"), title: "on CRAFT" }];
    expect(concernsOf([one, other], () => 0)).to.deep.equal([
      { rule: "duplicate", about: "b", message: "has the same title as craft" },
    ]);
  });

  it("calls cards near-duplicates by the likeness that is passed in", () => {
    const rules = concernsOf([card("a"), card("b"), card("c")], (x, y) => (x.id + y.id === "ac" ? 0.6 : 0.59));
    expect(rules.map(({ rule, about: where }) => `${rule} ${where}`)).to.deep.equal(["near-duplicate c"]);
  });
});

describe("likeness by words", () => {
  it("is shared words over all words", () => {
    // on craft a b c | on craft a b d: 4 of 6.
    const [one, other] = [about("craft", "a", "b", "c"), { ...about("y", "a", "b", "d"), title: "on craft" }];
    expect(wordSimilarity(one, other)).to.equal(4 / 6);
    expect(wordSimilarity(one, one)).to.equal(1);
  });
});

describe("review of doubts", () => {
  const doubtful = about(
    "x",
    "SKILLS that help my career",
    "JOY when a drawer glides",
    "CARE for old tools",
    "WORDS from the teacher",
  );
  const concerns = concernsOf([doubtful, honest], () => 0);
  const ruling = (by: string, keep: boolean, where = "x/p0"): Ruling =>
    ({ rule: "instrumental", about: where, by, keep }) as Ruling;

  const outcomes: [string, Ruling[], string][] = [
    ["open where nobody says anything", [], "open"],
    ["kept by one who keeps", [ruling(ANNA, true)], "kept"],
    ["dropped by one who drops", [ruling(ANNA, false)], "dropped"],
    ["kept at equal voices", [ruling(ANNA, false), ruling(BEN, true)], "kept"],
    ["dropped by two to one", [ruling(ANNA, false), ruling(BEN, true), ruling(CLEA, false)], "dropped"],
    ["kept where one says the same twice", [ruling(ANNA, false), ruling(ANNA, false), ruling(BEN, true)], "kept"],
    ["open where the only voice says both", [ruling(ANNA, false), ruling(ANNA, true)], "open"],
    ["open where only other things were ruled on", [ruling(ANNA, false, "x/p1")], "open"],
  ];
  for (const [what, rulings, expected] of outcomes) {
    it(`leaves a doubt ${what}`, () => {
      const { cards, settled, dropped } = review([doubtful, honest], concerns, rulings);
      expect(settled.map(({ outcome }) => outcome)).to.deep.equal([expected]);
      expect(cards.map(({ policies }) => policies.length)).to.deep.equal([expected === "dropped" ? 3 : 4, 3]);
      expect(dropped).to.deep.equal([]);
    });
  }

  it("drops a card with too few policies left, and shows it", () => {
    const three = { ...doubtful, policies: doubtful.policies.slice(0, 3) };
    const { cards, dropped } = review(
      [three, honest],
      concernsOf([three, honest], () => 0),
      [ruling(ANNA, false)],
    );
    expect([cards.map(({ id }) => id), dropped]).to.deep.equal([["craft"], ["x"]]);
  });

  it("says the same whatever the order of voices, and drops nothing by itself", () => {
    const rulings = fc.array(
      fc.record({ by: fc.constantFrom(ANNA, BEN, CLEA), keep: fc.boolean() }).map(({ by, keep }) => ruling(by, keep)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(rulings, (list) => {
        expect(review([doubtful], concerns, list.toReversed())).to.deep.equal(review([doubtful], concerns, list));
      }),
    );
    expect(review([doubtful, honest], concerns, []).cards).to.deep.equal([doubtful, honest]);
  });
});

describe("form of cards", () => {
  it("takes three to seven policies", () => {
    const counts = [2, 3, 7, 8].map((n) => cardSchema.safeParse(card("x", "abcdefgh".slice(0, n).split(""))).success);
    expect(counts).to.deep.equal([false, true, true, false]);
  });
});
