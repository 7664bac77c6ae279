import { expect } from "chai";
import fc from "fast-check";
import { numberToHex, type Hex } from "viem";
import {
  allows,
  EMPTY_BOOK,
  gaps,
  nextNonce,
  SPEND_WINDOW,
  spent,
  withEnd,
  withNonce,
} from "../../../oracle/roles/submitter/book.ts";
import { firstFees, gasOffered, MAX_TRANSACTION_GAS, raisedFees } from "../../../oracle/roles/submitter/fees.ts";
import { nextStep, type View } from "../../../oracle/roles/submitter/next-step.ts";
import { givenUp, nextTry, rangesToPay, withSkipped, type Skips } from "../../../oracle/roles/submitter/payouts.ts";
import { fresh, type Form, type Transaction } from "../../../oracle/roles/submitter/transaction.ts";
import { turnFrom, turnOrder } from "../../../oracle/domain/round/turns.ts";

const address = (number: number): Hex => numberToHex(number, { size: 20 });
const word = (number: number): Hex => numberToHex(number, { size: 32 });

describe("whose turn it is", () => {
  const signers = [3, 1, 4, 2].map(address);

  it("is the same for all, whatever order the signers come in, and turns with the round", () => {
    const firsts = Array.from({ length: 64 }, (_, round) => {
      const order = turnOrder(signers, address(9), round);
      expect(order).to.have.members(signers);
      expect(turnOrder([...signers].reverse(), address(9), round)).to.deep.equal(order);
      return order[0]!;
    });
    for (const signer of signers) expect(firsts.filter((one) => one === signer).length).to.be.within(4, 32);
  });

  it("passes on after the handover, and never to a stranger", () => {
    const order = turnOrder(signers, address(9), 0);
    expect(order.map((signer) => turnFrom(order, signer, 1_000, 600))).to.deep.equal([1_000, 1_600, 2_200, 2_800]);
    expect(turnFrom(order, address(7), 1_000, 600)).to.equal(null);
  });
});

describe("what is next for a transaction", () => {
  const patience = { replaceAfterBlocks: 10, replaceAfterSeconds: 300 };
  const form: Form = {
    hash: word(1),
    raw: "0x02",
    kind: "call",
    gas: 1n,
    maxFee: 1n,
    tip: 1n,
    block: 100,
    time: 1_000,
  };
  const waiting = fresh({ id: "a", to: address(1), data: "0x" }, address(2));
  const pending: Transaction = { ...waiting, state: "pending", nonce: 5, forms: [form] };
  const mined = { hash: word(1), block: 101, blockHash: word(7), succeeded: true, cost: 1n };
  const view = (own: Partial<View> = {}): View => ({
    latest: { number: 101n, time: 1_012 },
    finalized: 90n,
    mined: null,
    finalCount: 5,
    ...own,
  });
  const cases: [string, Transaction, View, string][] = [
    ["not signed", waiting, view(), "sign"],
    ["not mined yet", pending, view(), "broadcast"],
    ["not mined for long, in blocks", pending, view({ latest: { number: 110n, time: 1_120 } }), "replace"],
    ["one block less", pending, view({ latest: { number: 109n, time: 1_108 } }), "broadcast"],
    ["not mined for long, in time", pending, view({ latest: { number: 101n, time: 1_300 } }), "replace"],
    ["a second less", pending, view({ latest: { number: 101n, time: 1_299 } }), "broadcast"],
    ["no block since", pending, view({ latest: { number: 100n, time: 9_999 } }), "broadcast"],
    ["just mined", pending, view({ mined }), "note-mined"],
    ["mined as known", { ...pending, state: "mined", mined }, view({ mined }), "wait"],
    [
      "mined in another block",
      { ...pending, state: "mined", mined },
      view({ mined: { ...mined, blockHash: word(8) } }),
      "note-mined",
    ],
    ["mined no more", { ...pending, state: "mined", mined }, view(), "note-gone"],
    ["mined before the final block", pending, view({ mined, finalized: 101n }), "finish"],
    ["mined just above it", pending, view({ mined, finalized: 100n }), "note-mined"],
    ["its nonce used for good", pending, view({ finalCount: 6 }), "begin-anew"],
    ["done", { ...pending, state: "done" }, view(), "wait"],
    ["refused", { ...waiting, state: "refused" }, view(), "wait"],
  ];
  for (const [what, transaction, seen, step] of cases) {
    it(`${what}: ${step}`, () => expect(nextStep(transaction, seen, patience).do).to.equal(step));
  }
});

describe("fees", () => {
  const limits = { tip: 2n, maxFee: 1_000n };

  it("leave room for the base fee to double, up to the limit", () => {
    expect(firstFees(100n, limits)).to.deep.equal({ maxFee: 202n, tip: 2n });
    expect(firstFees(700n, limits)).to.deep.equal({ maxFee: 1_000n, tip: 2n });
    expect(firstFees(998n, limits)).to.deep.equal({ maxFee: 1_000n, tip: 2n });
    expect(firstFees(999n, limits)).to.equal(null);
  });

  it("of a replacement are both an eighth higher at least, or there is none", () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (tip, more, baseFee, maxFee) => {
        const old = { tip, maxFee: tip + more };
        const next = raisedFees(old, baseFee, { tip: 1n, maxFee });
        if (next === null) return;
        expect(next.tip > old.tip && next.tip * 8n >= old.tip * 9n).to.equal(true);
        expect(next.maxFee > old.maxFee && next.maxFee * 8n >= old.maxFee * 9n).to.equal(true);
        expect(next.maxFee <= maxFee && next.maxFee >= baseFee).to.equal(true);
      }),
    );
    expect(raisedFees({ maxFee: 900n, tip: 2n }, 1n, limits)).to.equal(null);
    expect(raisedFees({ maxFee: 800n, tip: 2n }, 600n, limits)).to.deep.equal({ maxFee: 900n, tip: 3n });
  });

  it("are for gas with a fifth to spare, within the cap", () => {
    expect(gasOffered(100_000n)).to.equal(120_000n);
    expect(gasOffered(MAX_TRANSACTION_GAS)).to.equal(MAX_TRANSACTION_GAS);
    expect(gasOffered(MAX_TRANSACTION_GAS + 1n)).to.equal(null);
  });
});

describe("the book of an account", () => {
  it("counts what is open, and what was spent within a day", () => {
    let book = withNonce(EMPTY_BOOK, "a", 3, 100n, 1_000);
    expect(spent(book, 10 ** 9)).to.equal(100n);
    book = withEnd(book, "a", { wei: 40n, time: 2_000 });
    expect(spent(book, 2_000 + SPEND_WINDOW - 1)).to.equal(40n);
    expect(spent(book, 2_000 + SPEND_WINDOW)).to.equal(0n);
    expect(allows(book, { id: "assess/0", wei: 60n, nonce: null }, 3_000, 100n)).to.equal(true);
    expect(allows(book, { id: "assess/0", wei: 61n, nonce: null }, 3_000, 100n)).to.equal(false);
  });

  it("does not count twice what is replaced", () => {
    const book = withNonce(EMPTY_BOOK, "a", 3, 100n, 1_000);
    expect(allows(book, { id: "assess/0", wei: 113n, nonce: 3 }, 1_000, 113n)).to.equal(true);
    expect(allows(book, { id: "assess/0", wei: 114n, nonce: 3 }, 1_000, 113n)).to.equal(false);
    expect(spent(withNonce(book, "a", 3, 113n, 1_001), 1_001)).to.equal(113n);
  });

  it("finds the next nonce and those left out", () => {
    const book = withNonce(withNonce(EMPTY_BOOK, "a", 3, 1n, 0), "b", 6, 1n, 0);
    expect(nextNonce(book, 2)).to.equal(7);
    expect(nextNonce(book, 9)).to.equal(9);
    expect(gaps(book, 3)).to.deep.equal([4, 5]);
    expect(gaps(book, 2)).to.deep.equal([2, 4, 5]);
    expect(gaps(book, 7)).to.deep.equal([]);
  });
});

describe("whom to pay", () => {
  const rule = { most: 3, pauseSeconds: 100 };
  const owed = (text: string) =>
    [...text].map((one, index) => ({ index, amount: one === "0" ? 0n : 5n, claimed: one === "p" }));

  it("is everybody unpaid, in as few ranges as fit", () => {
    expect(rangesToPay(owed("u0pu"), {}, rule, 0, 10)).to.deep.equal([{ from: 0, count: 4 }]);
    expect(rangesToPay(owed("0puuup0"), {}, rule, 0, 2)).to.deep.equal([
      { from: 2, count: 2 },
      { from: 4, count: 1 },
    ]);
    expect(rangesToPay(owed("p0p"), {}, rule, 0, 10)).to.deep.equal([]);
  });

  it("leaves whose transfer failed alone, until the pause is over, a few times", () => {
    const skips: Skips = { 1: { tries: 1, notBefore: 100 } };
    expect(rangesToPay(owed("uuu"), skips, rule, 99, 10)).to.deep.equal([
      { from: 0, count: 1 },
      { from: 2, count: 1 },
    ]);
    expect(rangesToPay(owed("pup"), skips, rule, 100, 10)).to.deep.equal([{ from: 1, count: 1 }]);
    expect(rangesToPay(owed("pup"), { 1: { tries: 3, notBefore: 0 } }, rule, 10 ** 9, 10)).to.deep.equal([]);
    expect(givenUp(owed("pup"), { 1: { tries: 3, notBefore: 0 } }, rule)).to.deep.equal([1]);
    expect(nextTry(owed("pup"), skips, rule)).to.equal(100);
    expect(nextTry(owed("uup"), skips, rule)).to.equal(0);
  });

  it("counts who was sent for and is unpaid, with pauses that double", () => {
    const first = withSkipped({}, [{ from: 0, count: 2 }], owed("puu"), rule, 1_000);
    expect(first).to.deep.equal({ skips: { 1: { tries: 1, notBefore: 1_100 } }, failed: [1] });
    const second = withSkipped(first.skips, [{ from: 1, count: 1 }], owed("pup"), rule, 2_000);
    expect(second.skips).to.deep.equal({ 1: { tries: 2, notBefore: 2_200 } });
  });

  it("covers everybody due once, in ranges of the size, for any round", () => {
    const text = fc.string({ unit: fc.constantFrom("u", "p", "0"), maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 9 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 59 })),
        (state, size, failed) => {
          const skips = Object.fromEntries(failed.map((index) => [index, { tries: 1, notBefore: 50 }]));
          const ranges = rangesToPay(owed(state), skips, rule, 0, size);
          const covered = ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i));
          expect(new Set(covered).size).to.equal(covered.length);
          for (const { count } of ranges) expect(count).to.be.at.most(size);
          for (const index of failed) expect(covered).not.to.include(index);
          const due = [...state].flatMap((one, index) => (one === "u" && !failed.includes(index) ? [index] : []));
          expect(covered).to.include.members(due);
        },
      ),
    );
  });
});
