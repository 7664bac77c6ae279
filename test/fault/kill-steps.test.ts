import { expect } from "chai";
import { countsIn, createBook } from "../../scripts/faults/kill/book.ts";
import { blobStepOf, stepOf } from "../../scripts/faults/kill/steps.ts";
import { slopeOf } from "../../scripts/faults/soak/slope.ts";

const SELF = `0x${"01".repeat(20)}` as const;
const OTHER = `0x${"02".repeat(20)}` as const;
const HASH = `0x${"ab".repeat(32)}` as const;
const ROUND = `round/31337/${OTHER}/00007`;

describe("steps of nodes", () => {
  it("have one name for all rounds, pools and nodes", () => {
    const put = { [`${ROUND}/own`]: "{}", [`${ROUND}/message/commit/${SELF}/0`]: "{}" };
    expect(stepOf({ put }, SELF)).to.equal("round/@/message/commit/self + round/@/own");
    expect(stepOf({ put: { [`${ROUND}/message/commit/${OTHER}/1`]: "{}" } }, SELF)).to.equal(
      "round/@/message/commit/@",
    );
    expect(blobStepOf("put", `mirror/${HASH}`, SELF)).to.equal("blob mirror/*");
  });

  it("are told apart by what a value says", () => {
    const key = `tx/31337/assess/${OTHER}/7`;
    expect(stepOf({ put: { [key]: '{"state":"pending"}' } }, SELF)).to.equal("tx/assess/@ pending");
    expect(stepOf({ put: { [key]: '{"state":"done"}' } }, SELF)).to.equal("tx/assess/@ done");
    expect(stepOf({ put: { "sessions/0011": null } }, SELF)).to.equal("sessions/* gone");
    expect(stepOf({ append: [{ log: "journal", value: '{"type":"round.settled"}' }] }, SELF)).to.equal(
      "journal round.settled",
    );
  });

  it("are none where nothing changes, or only what goes along", () => {
    expect(stepOf({ expect: { a: null } }, SELF)).to.equal(null);
    expect(stepOf({ put: { "jobs/extract/due/0000000000000001/x": null } }, SELF)).to.equal(null);
  });
});

describe("book of a campaign", () => {
  const intake = { intake: true, first: false };

  it("chooses what was done least, before and after by turns, and only for the role it was seen in", () => {
    const book = createBook(
      2,
      () => true,
      () => 0,
    );
    book.saw("a", intake, 1);
    book.saw("b", intake, 1);
    book.killed({ step: "a", when: "before", nth: 1 });
    expect(book.choose([intake], 2)).to.deep.equal([
      [
        { step: "b", when: "before", nth: 1 },
        { step: "a", when: "after", nth: 1 },
      ],
    ]);
    expect(book.choose([{ intake: false, first: false }], 2)).to.deep.equal([[]]);
    expect(book.choose([intake], 2, (step) => step === "c")).to.deep.equal([[]]);
    expect(book.left()).to.equal(3);
  });

  it("goes on with what an earlier campaign has counted, once a role is seen again", () => {
    const always = (): boolean => true;
    const first = createBook(2, always, () => 0);
    first.saw("a", intake, 1);
    first.killed({ step: "a", when: "before", nth: 1 });
    first.ended(["a"], { end: "settled", duplicates: 0, lost: [], faults: [] });
    const next = createBook(2, always, () => 0, countsIn(first));
    expect(next.left()).to.equal(1);
    expect(next.choose([intake], 2)).to.deep.equal([[]]);
    next.saw("a", intake, 1);
    expect(next.choose([intake], 2)).to.deep.equal([[{ step: "a", when: "after", nth: 1 }]]);
    expect(countsIn(next)).to.deep.equal(countsIn(first));
  });

  it("shares the kills of a round out among nodes, no more than are left", () => {
    const book = createBook(
      2,
      () => true,
      () => 0,
    );
    const other = { intake: false, first: true };
    for (const role of [intake, other]) book.saw("a", role, 1);
    expect(book.choose([intake, other, other], 9)).to.deep.equal([
      [{ step: "a", when: "before", nth: 1 }],
      [{ step: "a", when: "after", nth: 1 }],
      [],
    ]);
    expect(book.choose([intake, other], 1).flat()).to.have.length(1);
  });

  it("is done with a step after its kills", () => {
    const book = createBook(
      1,
      (step) => step === "a",
      () => 0,
    );
    book.saw("a", intake, 1);
    book.saw("b", intake, 1);
    expect(book.left()).to.equal(1);
    book.killed({ step: "a", when: "before", nth: 1 });
    expect(book.left()).to.equal(0);
    expect(book.choose([intake], 4)).to.deep.equal([[]]);
  });
});

describe("slope of memory", () => {
  it("is that of the line through points on one, and of the best one else", () => {
    const line = slopeOf([1, 2, 5].map((x) => ({ x, y: 3 * x + 7 })));
    const best = slopeOf([
      { x: 0, y: 0 },
      { x: 1, y: 2 },
      { x: 2, y: 1 },
    ]);
    // Hardhat's matchers, where they are loaded, compare whole numbers alone.
    expect(Math.round(line * 1e9)).to.equal(3e9);
    expect(Math.round(best * 1e9)).to.equal(5e8);
    expect(slopeOf([{ x: 1, y: 5 }])).to.equal(0);
  });
});
