import { expect } from "chai";
import type { Criterion } from "../../../oracle/domain/criteria/criterion.ts";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import { commitHeldOut } from "../../../oracle/domain/held-out.ts";
import { driftOf, revealedScores, TOTAL, type LaterScore } from "../../../oracle/domain/integrity/later.ts";
import { openRound, type OpenedRound } from "../../../oracle/domain/judgement/opened-round.ts";
import { judgedBundle } from "../judgement/judged-bundle.ts";

const IDS = Array.from({ length: 10 }, (_, i) => `p${i}`);

/** Rounds in which a criterion pays a provider so much; the whole pays the same. */
function rounds(paid: (round: number, provider: number) => number | null, count = 6): OpenedRound[] {
  return Array.from({ length: count }, (_, round) => {
    const scores = IDS.map((_, provider) => {
      const payable = paid(round, provider);
      return { criteria: [{ id: "fair", payable }], payable: { score: payable } };
    });
    const spec = { roster: IDS.map((id) => ({ id })) };
    return { bundle: { round, spec }, joint: { scores }, params: { document: { criteria: [{ id: "fair" }] } } };
  }) as unknown as OpenedRound[];
}

function later(score: (round: number, provider: number) => number, count = 6, criterion = "fair"): LaterScore[] {
  return Array.from({ length: count }, (_, round) =>
    IDS.map((provider, i) => ({ round, provider, criterion, score: score(round, i), by: "late follow-up" })),
  ).flat();
}

const level = (_: number, provider: number): number => 3_000 + 500 * provider;

describe("drift between what is paid for and what came out later", () => {
  it("pauses a criterion for the next pool that has run ahead of what it stands for, and says why", () => {
    const [found, ...more] = driftOf(
      rounds((round, provider) => level(round, provider) + 300 * round),
      later(level),
    );
    expect(more).to.deep.equal([]);
    expect(found).to.include({ criterion: "fair", by: "late follow-up", paused: true });
    expect(found!.words).to.contain("left out of the next pool: what is paid for has run ahead");
  });

  it("pauses none that goes with it, or of which too little is known", () => {
    const [steady] = driftOf(rounds(level), later(level));
    expect(steady!.paused).to.equal(false);
    expect(steady!.words).to.contain("go together as before over 6 rounds");
    const [few] = driftOf(
      rounds((round, p) => level(round, p) + 300 * round, 5),
      later(level, 5),
    );
    expect(few!.words).to.contain("too little is known: 5 rounds");
    const [silent] = driftOf(
      rounds((_, provider) => (provider < 5 ? null : 5_000)),
      later(level),
    );
    expect(silent!.words).to.contain("too little is known: 0 rounds of at least 8 providers");
  });

  it("looks at all criteria together where asked to, each source of later scores by itself", () => {
    const other = later(level).map((one) => ({ ...one, by: "another look" }));
    const found = driftOf(rounds(level), [...later(level, 6, TOTAL), ...later(level), ...other]);
    expect(found.map(({ criterion, by }) => [criterion, by])).to.deep.equal([
      [TOTAL, "late follow-up"],
      ["fair", "late follow-up"],
      ["fair", "another look"],
    ]);
  });

  it("refuses scores of what is not there, or twice", () => {
    const [one] = later(level);
    const refused =
      (change: Partial<LaterScore>): (() => unknown) =>
      () =>
        driftOf(rounds(level), [{ ...one!, ...change }]);
    expect(refused({ round: 9 })).to.throw('field "round"');
    expect(refused({ provider: "x" })).to.throw('field "provider"');
    expect(refused({ criterion: "x" })).to.throw('field "criterion"');
    expect(() => driftOf(rounds(level), [one!, one!])).to.throw("a later score is there twice");
  });
});

describe("scores under held-out criteria that were revealed", function () {
  this.timeout(60_000);

  it("are computed by code from figures, and held against the paid criteria that serve the same policy", async () => {
    const { bundle, ground } = await judgedBundle();
    const codes = ground.params.document.criteria.find(({ id }) => id === "fault-codes")!;
    const held: Criterion = {
      ...codes,
      id: "codes-after-a-year",
      statement: "A year on it still complains of nothing",
      weight: 0,
    };
    const { held: published, reveal } = commitHeldOut("place-1", held, `0x${"7".repeat(64)}`);
    const document = { ...ground.params.document, heldOut: [published] };
    const [provider] = ground.spec.roster.map(({ id }) => id);
    const inspector = ground.params.senders.find(({ group }) => group === "inspector")!.account;
    const paper = ground.items.find(
      (item) => item.source === inspector && item.content.includes(`"provider":"${provider}"`),
    )!;
    const said = JSON.parse(paper.content) as { figures?: Record<string, number> };
    // 83.5 is half of the way from 70 to 97.
    const content = canonicalJson({ ...said, figures: { ...said.figures, [held.id]: 83.5 } });
    const evidence = bundle.evidence.map((item) =>
      item === paper || ("salt" in item && item.salt === paper.salt) ? { ...paper, content } : item,
    );
    const opened = openRound({ ...bundle, evidence });
    const round: OpenedRound = { ...opened, params: { ...opened.params, document } };
    const found = revealedScores([round], [reveal]);
    const kin = document.criteria.filter(({ policies }) => policies.some((one) => held.policies.includes(one)));
    expect(found.map(({ criterion }) => criterion)).to.deep.equal(kin.length === 0 ? [TOTAL] : kin.map(({ id }) => id));
    expect(found[0]).to.include({ round: 0, provider, score: 5_000, by: "held-out place-1: codes-after-a-year" });
    // What does not open the commitment says nothing.
    expect(revealedScores([round], [{ ...reveal, salt: `0x${"8".repeat(64)}` }])).to.deep.equal([]);
    expect(revealedScores([round], [])).to.deep.equal([]);
  });
});
