import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import type { Card } from "../../../oracle/domain/values/card.ts";
import { rankCards } from "../../../oracle/domain/values/rank.ts";
import { reconcile, type Ballot } from "../../../oracle/domain/values/reconcile.ts";
import { card } from "../criteria/example.ts";

const CARDS = ["a", "b", "c", "d"].map((id) => card(id));
const APART = { similarity: () => 0 };

const voter = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, "0")}`;

type Answer = Ballot["pairs"][number]["answer"];

/** A ballot: cards approved of, and pairs such as `a>b wiser`. */
function ballot(n: number, approves: string, ...pairs: string[]): Ballot {
  return {
    voter: voter(n),
    approves: [...approves],
    pairs: pairs.map((pair) => {
      const [edge, answer = "wiser"] = pair.split(" ");
      return { from: edge![0]!, to: edge![2]!, answer: answer as Answer };
    }),
  };
}

const ids = (list: readonly { readonly card: Card }[]): string[] => list.map(({ card: { id } }) => id);

describe("rank of cards", () => {
  it("is the approvals where nobody compared", () => {
    const ranks = rankCards(
      [
        { id: "a", approvals: 1 },
        { id: "b", approvals: 3 },
      ],
      [],
    );
    expect([...ranks]).to.deep.equal([
      ["a", 250_000_000],
      ["b", 750_000_000],
    ]);
  });

  it("is even where nobody said anything", () => {
    expect([
      ...rankCards(
        [
          { id: "a", approvals: 0 },
          { id: "b", approvals: 0 },
        ],
        [],
      ).values(),
    ]).to.deep.equal([5e8, 5e8]);
  });

  // By hand: a = 0.15/2 + 0.85·b/2 and a + b = 1 give a = 0.5/1.425 = 0.350877193.
  it("follows one edge as computed by hand", () => {
    const ranks = rankCards(
      [
        { id: "a", approvals: 1 },
        { id: "b", approvals: 1 },
      ],
      [{ from: "a", to: "b", weight: 1 }],
    );
    expect([...ranks.values()]).to.deep.equal([350_877_193, 649_122_807]);
  });

  // a → b (3) and a → c (1): a = 0.05 + 0.85(b+c)/3, b = a + 0.85·a·3/4, c = a + 0.85·a/4 with a the common inflow; so
  // a(1 + 1.6375 + 1.2125) = 1, a = 1/3.85.
  it("splits what leaves a card by the weight of its edges, as computed by hand", () => {
    const cards = ["a", "b", "c"].map((id) => ({ id, approvals: 0 }));
    const ranks = rankCards(cards, [
      { from: "a", to: "c", weight: 1 },
      { from: "a", to: "b", weight: 3 },
    ]);
    const expected = [1, 1.6375, 1.2125].map((share) => Math.round((1e9 * share) / 3.85));
    expect([...ranks.values()]).to.deep.equal(expected);
  });

  it("adds up to the whole, but for rounding", () => {
    const edges = fc.uniqueArray(
      fc.record({
        from: fc.constantFrom("a", "b", "c"),
        to: fc.constantFrom("d", "e"),
        weight: fc.integer({ min: 1, max: 99 }),
      }),
      {
        selector: ({ from, to }) => from + to,
      },
    );
    fc.assert(
      fc.property(edges, fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }), (list, approvals) => {
        const ranks = rankCards(
          [..."abcde"].map((id, i) => ({ id, approvals: approvals[i]! })),
          list,
        );
        const sum = [...ranks.values()].reduce((all, rank) => all + rank, 0);
        expect(Math.abs(sum - 1e9)).to.be.at.most(5);
      }),
    );
  });
});

describe("reconciling votes on cards", () => {
  it("ranks, accepts, and shows who disagrees and who is left out", () => {
    const ballots = [
      ballot(1, "ab", "a>b"),
      ballot(2, "ab", "a>b"),
      ballot(3, "bc", "a>b not-wiser", "c>b unsure"),
      ballot(4, "b"),
    ];
    const { voters, standings, contested, minorities } = reconcile(CARDS, ballots, APART);
    expect(voters).to.equal(4);
    expect(
      standings.map(({ card: { id }, approvals, wiser, notWiser, place, accepted }) => [
        id,
        approvals,
        wiser,
        notWiser,
        place,
        accepted,
      ]),
    ).to.deep.equal([
      ["b", 4, 2, 1, 1, true],
      ["a", 2, 0, 0, 2, true],
      ["c", 1, 0, 0, 3, false],
      ["d", 0, 0, 0, 4, false],
    ]);
    expect(contested).to.deep.equal([{ from: "a", to: "b", wiser: 2, notWiser: 1, unsure: 0 }]);
    expect(minorities).to.deep.equal([{ card: "c", approvals: 1 }]);
  });

  it("gives cards of one rank the same place, in the order of ids", () => {
    const { standings } = reconcile(CARDS, [ballot(1, "dbca")], APART);
    expect(standings.map(({ card: { id }, place }) => `${id}${place}`)).to.deep.equal(["a1", "b1", "c1", "d1"]);
  });

  it("lets a gain in wisdom outweigh approvals", () => {
    const approvals = [ballot(1, "aab"), ballot(2, "a"), ballot(3, "ab")];
    expect(ids(reconcile(CARDS, approvals, APART).standings).slice(0, 2)).to.deep.equal(["a", "b"]);
    const wiser = approvals.map((one) => ({ ...one, pairs: [{ from: "a", to: "b", answer: "wiser" as const }] }));
    expect(ids(reconcile(CARDS, wiser, APART).standings).slice(0, 2)).to.deep.equal(["b", "a"]);
  });

  it("takes an answer for the way back as one against", () => {
    const even = reconcile(CARDS, [ballot(1, "ab", "a>b"), ballot(2, "ab", "b>a")], APART);
    expect(even.standings.slice(0, 2).map(({ rank }) => rank)).to.deep.equal([5e8, 5e8]);
  });

  it("accepts from the share of voters on, and nothing that nobody approves of", () => {
    const ballots = [ballot(1, "a"), ballot(2, "b"), ballot(3, "b")];
    const accepted = (acceptBps: number): string[] =>
      ids(reconcile(CARDS, ballots, { ...APART, acceptBps }).standings.filter((one) => one.accepted));
    expect([accepted(3333), accepted(3334), accepted(6667), accepted(0)]).to.deep.equal([
      ["b", "a"],
      ["b"],
      [],
      ["b", "a"],
    ]);
  });

  describe("cards much alike", () => {
    const alike = { similarity: (x: Card, y: Card) => (["ab", "bc"].includes(x.id + y.id) ? 0.8 : 0), mergeFrom: 0.8 };

    it("are one, over others between them, under the one most approved of; a voter counts once", () => {
      const { standings } = reconcile(CARDS, [ballot(1, "abc"), ballot(2, "c"), ballot(3, "d")], alike);
      const [first] = standings;
      expect([first!.card.id, first!.merged, first!.approvals]).to.deep.equal(["c", ["a", "b"], 2]);
      expect(standings).to.have.length(2);
    });

    it("say nothing about each other, and each answer about another card counts once", () => {
      const { standings, contested } = reconcile(
        CARDS,
        [ballot(1, "a", "a>b", "a>d", "b>d"), ballot(2, "a", "a>d", "b>d not-wiser")],
        alike,
      );
      const d = standings.find(({ card: { id } }) => id === "d")!;
      expect([d.wiser, d.notWiser, contested]).to.deep.equal([1, 0, []]);
    });
  });

  const faults: [string, Card[], Ballot[], RegExp][] = [
    ["two cards of one id", [card("a"), card("a")], [], /same id/],
    ["two ballots of one voter", CARDS, [ballot(1, "a"), ballot(1, "b")], /two ballots.*0x0+1/],
    ["an unknown card", CARDS, [ballot(1, "x")], /unknown card.*"x"/],
    ["an unknown card in a pair", CARDS, [ballot(1, "a", "a>x")], /unknown card.*"x"/],
    ["a card against itself", CARDS, [ballot(1, "a", "a>a")], /with itself/],
  ];
  for (const [what, cards, ballots, expected] of faults) {
    it(`refuses ${what}`, () => expect(() => reconcile(cards, ballots, APART)).to.throw(InputError, expected));
  }

  it("does not depend on any order, to the last bit", () => {
    const one = fc.constantFrom("a", "b", "c", "d");
    const answer = fc.constantFrom<Answer>("wiser", "not-wiser", "unsure");
    const pair = fc.record({ from: one, to: one, answer }).filter(({ from, to }) => from !== to);
    const list = fc.array(
      fc.record({ approves: fc.array(one, { maxLength: 5 }), pairs: fc.array(pair, { maxLength: 8 }) }),
      { maxLength: 8 },
    );
    const likeness = fc.constantFrom(
      () => 0,
      (x: Card, y: Card) => (x.id === "a" && y.id === "c" ? 1 : 0),
    );
    fc.assert(
      fc.property(list, likeness, fc.infiniteStream(fc.nat(1000)), (raw, similarity, stream) => {
        const ballots = raw.map((each, i) => ({ voter: voter(i), ...each }));
        const shuffle = <T>(values: readonly T[]): T[] =>
          values
            .map((value) => ({ value, key: stream.next().value as number }))
            .sort((x, y) => x.key - y.key)
            .map(({ value }) => value);
        const turned = shuffle(ballots).map((each) => ({
          ...each,
          approves: shuffle(each.approves),
          pairs: shuffle(each.pairs),
        }));
        expect(reconcile(shuffle(CARDS), turned, { similarity })).to.deep.equal(
          reconcile(CARDS, ballots, { similarity }),
        );
      }),
    );
  });
});
