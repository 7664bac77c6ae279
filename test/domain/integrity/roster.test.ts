import { expect } from "chai";
import fc from "fast-check";
import { keccak256, numberToHex, toHex, type Hex } from "viem";
import { auditSlice, fractionBySeed, orderBySeed } from "../../../oracle/domain/integrity/audit-slice.ts";
import {
  drawParticipants,
  rosterWeights,
  type RosterEntry,
  type RosterFacts,
} from "../../../oracle/domain/integrity/roster.ts";

// auditSlice: count by share, at least one, none at 0, order of input does not matter, another seed another slice, each as often as others
// rosterWeights
//   0: no signature, another's signature, provider's own account, paid at it, funded by it, second of an account / contact / payment account
//   shared: funded by one account, over others; not by one that funds many
//   half: a burst before closing, known to nobody else; both multiply
//   properties: 0 to 1 with reasons below 1 only; order does not matter
// drawParticipants: never weight 0, weight one half about half as often, the same for all

const address = (n: number): Hex => `0x${n.toString(16).padStart(40, "0")}`;
const seed = (n: number): Hex => keccak256(numberToHex(n));
const PROVIDER = address(0xffff);

const entry = (n: number, more: Partial<RosterEntry> = {}): RosterEntry => ({
  id: `e${n}`,
  provider: "p",
  account: address(n),
  signer: address(n),
  enteredAt: n,
  contactHash: `c${n}`,
  paymentAccount: address(n),
  otherRelations: 1,
  ...more,
});
const facts = (entries: readonly RosterEntry[], more: Partial<RosterFacts> = {}): RosterFacts => ({
  entries,
  providerAccounts: new Map([["p", [PROVIDER]]]),
  funding: [],
  opened: 0,
  closed: 1000,
  ...more,
});
const weigh = (entries: readonly RosterEntry[], more: Partial<RosterFacts> = {}) =>
  [...rosterWeights(facts(entries, more)).values()].map(({ weight, reasons }) => [weight, ...reasons]);

describe("A slice for people to audit", () => {
  const ids = Array.from({ length: 50 }, (_, i) => `item ${i}`);

  it("has the share of the items, rounded up, and depends on the seed and not on the order", () => {
    expect(auditSlice(ids, seed(1), 0.1)).to.have.length(5);
    expect(auditSlice(ids, seed(1), 0.101)).to.have.length(6);
    expect(auditSlice(ids.slice(0, 3), seed(1), 0.01)).to.have.length(1);
    expect(auditSlice(ids, seed(1), 0)).to.deep.equal([]);
    expect(auditSlice(ids, seed(1), 1)).to.have.members(ids);
    expect(auditSlice([...ids].reverse(), seed(1), 0.1)).to.deep.equal(auditSlice(ids, seed(1), 0.1));
    expect(auditSlice(ids, seed(2), 0.1)).to.not.deep.equal(auditSlice(ids, seed(1), 0.1));
    expect(() => auditSlice(ids, seed(1), 1.1)).to.throw("share");
    expect(() => auditSlice(["a", "a"], seed(1), 1)).to.throw("stands twice");
  });

  it("takes each item about as often as any other", () => {
    const times = new Map<string, number>();
    for (let n = 0; n < 400; n++)
      for (const id of auditSlice(ids.slice(0, 10), seed(n), 0.2)) times.set(id, (times.get(id) ?? 0) + 1);
    // 80 expected, standard deviation 8.
    for (const id of ids.slice(0, 10)) expect(times.get(id)).to.be.within(48, 112);
  });

  it("of a larger share holds that of a smaller", () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(9), (a, b, n) => {
        const [small, large] = [Math.min(a, b) / 50, Math.max(a, b) / 50];
        expect(auditSlice(ids, seed(n), large)).to.include.members(auditSlice(ids, seed(n), small));
      }),
      { numRuns: 20 },
    );
  });
});

describe("An entry of a roster", () => {
  it("weighs 1 where nothing speaks against it, 0 where it is not the participant's own", () => {
    expect(weigh([entry(1)])).to.deep.equal([[1]]);
    expect(weigh([entry(1, { signer: null })])).to.deep.equal([[0, "not signed by the participant"]]);
    expect(weigh([entry(1, { signer: address(2) })])[0]![1]).to.equal(
      "signed by another account than the participant's",
    );
    expect(weigh([entry(1, { account: PROVIDER, signer: PROVIDER })])[0]).to.include("the provider's own account");
    expect(weigh([entry(1, { paymentAccount: PROVIDER })])[0]).to.deep.equal([0, "paid at the provider's account"]);
    expect(weigh([entry(1)], { funding: [{ from: PROVIDER, to: address(1) }] })[0]).to.deep.equal([
      0,
      "funded by the provider",
    ]);
  });

  it("weighs 0 where it is somebody's second one; the first stays", () => {
    for (const [what, more] of [
      ["account", { account: address(1), signer: address(1) }],
      ["contact", { contactHash: "c1" }],
      ["payment account", { paymentAccount: address(1) }],
    ] as const) {
      expect(weigh([entry(2, more), entry(1)])).to.deep.equal([[1], [0, `same ${what} as e1`]]);
    }
    expect(weigh([entry(1, { contactHash: null }), entry(2, { contactHash: null })])).to.deep.equal([[1], [1]]);
    expect(weigh([entry(1), entry(2, { contactHash: "c1", provider: "q" })])).to.deep.equal([[1], [1]]);
  });

  it("shares its weight with those it hangs together with by funding, but for accounts that fund many", () => {
    const funding = [
      { from: address(99), to: address(1) },
      { from: address(99), to: address(98) },
      { from: address(98), to: address(2) },
    ];
    const both = weigh([entry(1), entry(2), entry(3)], { funding });
    expect(both).to.deep.equal([
      [0.5, "hangs together by funding with 1 others"],
      [0.5, "hangs together by funding with 1 others"],
      [1],
    ]);
    const hub = Array.from({ length: 51 }, (_, i) => ({ from: address(99), to: address(i + 1) }));
    expect(weigh([entry(1), entry(2)], { funding: hub })).to.deep.equal([[1], [1]]);
    expect(weigh([entry(1), entry(2)], { funding: hub.slice(0, 50) })[0]![0]).to.equal(0.5);
  });

  it("weighs half in a burst before closing and where nobody else knows it, a quarter where both", () => {
    const early = Array.from({ length: 15 }, (_, i) => entry(i + 1));
    const late = Array.from({ length: 10 }, (_, i) => entry(900 + i, i === 0 ? { otherRelations: 0 } : {}));
    const weights = weigh([...early, ...late]).map(([weight]) => weight);
    expect(weights.slice(0, 15)).to.deep.equal(early.map(() => 1));
    expect(weights.slice(15)).to.deep.equal([0.25, ...late.slice(1).map(() => 0.5)]);
    // 9 late ones are too few, and 10 of 40 no more than three times their even share.
    expect(weigh([...early, ...late.slice(1)]).every(([weight]) => weight === 1)).to.equal(true);
    const many = Array.from({ length: 30 }, (_, i) => entry(i + 1));
    expect(weigh([...many, ...late.slice(1)]).every(([weight]) => weight === 1)).to.equal(true);
  });

  it("weighs 0 to 1, less than 1 for a reason, whatever the order", () => {
    const small = fc.nat(4).map((n) => address(n + 1));
    const one = fc.record({
      account: small,
      signer: fc.option(small),
      enteredAt: fc.nat(1000),
      contactHash: fc.option(fc.constantFrom("x", "y")),
      paymentAccount: fc.option(fc.constantFrom(address(1), address(2), PROVIDER)),
      otherRelations: fc.nat(1),
    });
    const edges = fc.array(fc.record({ from: small, to: small }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), edges, (list, funding) => {
        const entries = list.map((more, i) => entry(i, more));
        const weights = rosterWeights(facts(entries, { funding }));
        for (const { weight, reasons } of weights.values()) {
          expect(weight >= 0 && weight <= 1).to.equal(true);
          expect(reasons.length > 0).to.equal(weight < 1);
        }
        const turned = rosterWeights(facts([...entries].reverse(), { funding: [...funding].reverse() }));
        expect([...turned]).to.have.deep.members([...weights]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("The draw of participants", () => {
  const weights = new Map(
    Array.from({ length: 30 }, (_, i) => [`e${i}`, { weight: [0, 0.5, 1][i % 3]!, reasons: [] }]),
  );

  it("never asks who weighs 0, asks who weighs half about half as often, and is the same for all", () => {
    const times = [0, 0, 0];
    for (let n = 0; n < 100; n++)
      for (const id of drawParticipants(weights, seed(n), 30)) times[Number(id.slice(1)) % 3]! += 1;
    expect(times[0]).to.equal(0);
    expect(times[1]).to.be.within(430, 570);
    expect(times[2]).to.equal(1000);
    const reversed = new Map([...weights].reverse());
    expect(drawParticipants(reversed, seed(1), 7)).to.deep.equal(drawParticipants(weights, seed(1), 7));
    expect(drawParticipants(weights, seed(1), 7)).to.have.length(7);
  });

  it("rests on numbers that are even and apart from the order", () => {
    const ids = Array.from({ length: 500 }, (_, i) => toHex(i));
    const mean = ids.reduce((sum, id) => sum + fractionBySeed(id, seed(3)), 0) / 500;
    expect(Math.abs(mean - 0.5)).to.be.lessThan(0.05);
    const first = orderBySeed(ids, seed(3)).slice(0, 250);
    expect(Math.abs(first.reduce((sum, id) => sum + fractionBySeed(id, seed(3)), 0) / 250 - 0.5)).to.be.lessThan(0.08);
  });
});
