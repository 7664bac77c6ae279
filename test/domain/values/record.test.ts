import { expect } from "chai";
import fc from "fast-check";
import { criteriaDraftSchema } from "../../../oracle/domain/criteria/document.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { draftCriteria } from "../../../oracle/domain/values/draft.ts";
import {
  checkVote,
  valuesHash,
  valuesRecord,
  valuesRecordSchema,
  votesOn,
  type Vote,
} from "../../../oracle/domain/values/record.ts";
import { reconcile } from "../../../oracle/domain/values/reconcile.ts";
import { ANNA, BEN, card } from "../criteria/example.ts";

/** Cards that share no word but those of the example's titles. */
const named = (id: string, policies: readonly string[]) => ({
  ...card(id, policies),
  policies: policies.map((policy) => ({ id: policy, text: `${policy}${id} ${policy}${id}x ${policy}${id}y` })),
});
const cards = ["calm", "craft", "light"].map((id) => named(id, ["a", "b", "c"]));
const fixed = { title: "Evenings", language: "en", cards };
const wiser = (from: string, to: string): Vote["pairs"][number] => ({ from, to, answer: "wiser" });
const vote = (approves: string[], pairs: Vote["pairs"] = []): Vote => ({ approves, pairs });

describe("A record of values", () => {
  it("holds what reconciling and drafting make of cards and ballots, whoever's those are", () => {
    const votes = [vote(["calm", "craft"], [wiser("craft", "calm")]), vote(["calm"])];
    const record = valuesRecord({ ...fixed, votes });
    const [one, other] = votes as [Vote, Vote];
    const result = reconcile(cards, [
      { ...one, voter: BEN },
      { ...other, voter: ANNA },
    ]);
    expect(record.draft).to.deep.equal(draftCriteria("Evenings", "en", result));
    expect(record.standings.map(({ card: id, place, accepted }) => [id, place, accepted])).to.deep.equal([
      ["calm", 1, true],
      ["craft", 2, true],
      ["light", 3, false],
    ]);
    expect(valuesRecordSchema.parse(JSON.parse(JSON.stringify(record)))).to.deep.equal(record);
    expect(criteriaDraftSchema.parse(record.draft)).to.deep.equal(record.draft);
  });

  it("names what is contested and whom the draft leaves out", () => {
    const votes = [
      vote(["calm", "light"], [wiser("craft", "calm")]),
      vote(["calm"], [{ from: "craft", to: "calm", answer: "not-wiser" }]),
      vote(["calm"]),
    ];
    const { contested, minorities } = valuesRecord({ ...fixed, votes });
    expect(contested).to.deep.equal([{ from: "craft", to: "calm", wiser: 1, notWiser: 1, unsure: 0 }]);
    expect(minorities).to.deep.equal([{ card: "light", approvals: 1 }]);
  });

  it("is the same to the last bit in whatever order cards and votes come", () => {
    const ids = cards.map(({ id }) => id);
    const anyVote = fc.record({
      approves: fc.uniqueArray(fc.constantFrom(...ids)),
      pairs: fc.array(
        fc
          .record({
            from: fc.constantFrom(...ids),
            to: fc.constantFrom(...ids),
            answer: fc.constantFrom("wiser", "not-wiser", "unsure"),
          })
          .filter(({ from, to }) => from !== to),
        { maxLength: 4 },
      ),
    });
    const shuffled = fc
      .array(anyVote, { maxLength: 8 })
      .chain((votes) =>
        fc.tuple(
          fc.constant(votes),
          fc.shuffledSubarray(votes, { minLength: votes.length }),
          fc.shuffledSubarray(cards, { minLength: cards.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([votes, others, deck]) => {
        const one = valuesRecord({ ...fixed, votes: votes as Vote[] });
        const other = valuesRecord({ ...fixed, cards: deck, votes: others as Vote[] });
        expect(valuesHash(other)).to.equal(valuesHash(one));
      }),
      { numRuns: 50 },
    );
  });

  it("has no draft where nobody voted, nothing was approved of, or there are no cards", () => {
    expect(valuesRecord({ ...fixed, votes: [] }).draft).to.equal(null);
    expect(valuesRecord({ ...fixed, votes: [vote([])] }).draft).to.equal(null);
    expect(valuesRecord({ ...fixed, cards: [], votes: [vote([])] })).to.deep.include({ standings: [], draft: null });
  });

  it("drafts from as many cards, by rank, as a document has room for criteria, and names the rest", () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      named(`n${String(i).padStart(2, "0")}`, ["a", "b", "c", "d", "e", "f", "g"]),
    );
    const ids = many.map(({ id }) => id);
    // All approve of all, one of all but the last two, which so have the lowest ranks.
    const votes = [vote(ids), vote(ids), vote(ids.slice(0, 28))];
    const record = valuesRecord({ ...fixed, cards: many, votes });
    expect(record.draft!.criteria).to.have.length(28 * 7);
    expect(record.leftOut).to.deep.equal(["n28", "n29"]);
    expect(record.draft!.criteria.reduce((sum, { weight }) => sum + weight!, 0)).to.equal(10_000);
  });

  it("drops from votes what they say of cards that are gone, and keeps the voters", () => {
    const votes = [vote(["calm", "gone"], [wiser("gone", "calm"), wiser("craft", "calm")]), vote(["gone"])];
    expect(votesOn(cards, votes)).to.deep.equal([vote(["calm"], [wiser("craft", "calm")]), vote([])]);
    // One of two voters approves of it: just enough.
    expect(valuesRecord({ ...fixed, votes: votesOn(cards, votes) }).standings[0]).to.include({
      card: "calm",
      approvals: 1,
      accepted: true,
    });
    expect(() => valuesRecord({ ...fixed, votes })).to.throw(InputError, /unknown card/);
  });

  it("takes votes on cards that are there, each pair of two", () => {
    checkVote(vote(["calm"], [wiser("craft", "calm")]), cards);
    for (const [wrong, field] of [
      [vote(["calm", "x"]), "approves.1"],
      [vote([], [wiser("x", "calm")]), "pairs.0.from"],
      [vote([], [wiser("calm", "craft"), wiser("calm", "x")]), "pairs.1.to"],
      [vote([], [wiser("calm", "calm")]), "pairs.0.to"],
    ] as const) {
      expect(() => checkVote(wrong, cards))
        .to.throw(InputError)
        .with.nested.property("fault.field", field);
    }
  });
});
