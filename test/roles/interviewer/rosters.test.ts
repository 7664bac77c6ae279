import { expect } from "chai";
import fc from "fast-check";
import { rosterHash, sampleParticipants } from "../../../oracle/domain/interview/sampling.ts";
import { BLOCKS_AFTER_CLOSING } from "../../../oracle/roles/interviewer/rosters.ts";
import { endedKey } from "../../../oracle/store/interviews.ts";
import { MANAGER, OTHER_POOL, POOL, ROUND, signer, STRANGER } from "../intake/fixture.ts";
import { hashOf, INTERVIEWER, JUDGED_POOL, ROSTER, startInterviews, type InterviewPlay } from "./fixture.ts";
import { refused } from "./refused.ts";

const ALL = { size: { share: 10_000 }, minimum: 0 } as const;
const HALF = { size: { share: 5_000 }, minimum: 2 } as const;

describe("A round's roster", () => {
  let play: InterviewPlay;
  beforeEach(async () => {
    play = await startInterviews();
  });
  afterEach(() => play.close());

  const close = (entries = ROSTER) => play.interviewer.closeRoster(ROUND, MANAGER, entries);

  it("is closed once by the pool's manager, with the number of the newest block", async () => {
    const { row, created } = await close();
    expect(created).to.equal(true);
    expect(row).to.include({ rosterHash: rosterHash(ROSTER), count: 12, closingBlock: "100" });
    play.chain.latest = 170n;
    const again = await close([...ROSTER].reverse());
    expect(again).to.deep.equal({ row, created: false });
    const { fault } = await refused(close(ROSTER.slice(1)), "other-roster");
    expect(fault!.limit).to.equal(rosterHash(ROSTER));
    await refused(play.interviewer.closeRoster(ROUND, INTERVIEWER, ROSTER), "not-manager");
  });

  it("is closed once where two are sent at the same time", async () => {
    const other = ROSTER.slice(1);
    const made = await Promise.allSettled([close(), close(other)]);
    expect(made.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    const names = [];
    for await (const name of play.blobs.keys("interviews/")) names.push(name);
    expect(names).to.have.length(1);
  });

  it("names providers of the pool alone, and everybody once with each", async () => {
    const stranger = { ...ROSTER[0]!, provider: "garage-9" };
    const { fault } = await refused(close([ROSTER[1]!, stranger]), "invalid");
    expect(fault).to.include({ field: "body.entries.1.provider", value: "garage-9" });
    await refused(close([ROSTER[0]!, { ...ROSTER[0]!, stratum: "other" }]), "invalid");
    expect((await close([ROSTER[0]!, { ...ROSTER[0]!, provider: "garage-8" }])).created).to.equal(true);
  });

  it("shows its entries to the manager and to interviewers alone, and stands nowhere in the clear", async () => {
    await refused(play.interviewer.roster(ROUND, null), "no-roster");
    await close();
    for (const account of [MANAGER, INTERVIEWER, signer.address]) {
      expect((await play.interviewer.roster(ROUND, account)).entries).to.deep.equal(ROSTER);
    }
    for (const account of [STRANGER, null]) {
      expect((await play.interviewer.roster(ROUND, account)).entries).to.equal(null);
    }
    await play.drawAll();
    const dump = await play.dump();
    expect(dump).not.to.contain("person");
    for await (const key of play.blobs.keys("")) {
      expect(Buffer.from((await play.blobs.get(key))!).includes("person")).to.equal(false);
    }
  });

  it("is for pools whose spec has interviews and this intake", async () => {
    const pools = {
      [`0x${"1".repeat(40)}`]: { ...JUDGED_POOL, spec: { ...JUDGED_POOL.spec, template: "sla" } },
      [`0x${"2".repeat(40)}`]: {
        ...JUDGED_POOL,
        spec: { ...JUDGED_POOL.spec, oracle: { ...JUDGED_POOL.spec.oracle, intake: STRANGER } },
      },
      [`0x${"3".repeat(40)}`]: {
        spec: { ...JUDGED_POOL.spec, params: { ...(JUDGED_POOL.spec.params as object), interviews: null } },
        terms: { ...JUDGED_POOL.terms, specHash: `0x${"3e".repeat(32)}` as const },
      },
    };
    for (const [pool, found] of Object.entries(pools)) {
      const interviewer = play.other({ pool: async () => found as typeof JUDGED_POOL });
      const id = { ...ROUND, pool: pool as typeof POOL };
      await refused(interviewer.closeRoster(id, MANAGER, ROSTER), "no-interviews");
      await interviewer.end(id);
      expect(await play.store.get(endedKey(id))).to.equal(null);
    }
    await refused(play.interviewer.roster({ ...ROUND, pool: OTHER_POOL }, null), "not-found");
    await refused(play.interviewer.roster({ ...ROUND, round: 3 }, null), "not-found");
  });

  it("cannot be closed when the round's interviews are over", async () => {
    await play.interviewer.end(ROUND);
    await refused(close(), "interviews-ended");
  });
});

describe("A round's sample", () => {
  let play: InterviewPlay;
  beforeEach(async () => {
    play = await startInterviews();
  });
  afterEach(() => play.close());

  const draw = (size: Parameters<typeof play.interviewer.draw>[2] = HALF, account: string = INTERVIEWER) =>
    play.interviewer.draw(ROUND, account, size);

  it("waits for the block that nobody knew when the roster was closed, until it is final", async () => {
    await refused(draw(), "no-roster");
    await play.interviewer.closeRoster(ROUND, MANAGER, ROSTER);
    play.chain.latest = 1_000n;
    play.chain.final = 100n + BigInt(BLOCKS_AFTER_CLOSING) - 1n;
    const { fault } = await refused(draw(), "seed-not-final");
    expect(fault).to.deep.equal({ field: "block", value: "131", limit: "block 132, final" });
    await refused(play.interviewer.sample(ROUND, INTERVIEWER), "no-sample");
    play.chain.final += 1n;
    expect((await draw()).row.seed).to.equal(hashOf(132n));
  });

  it("is what the rule of sampling makes of roster, seed and size, and is drawn once", async () => {
    await play.interviewer.closeRoster(ROUND, MANAGER, ROSTER);
    play.chain.final = 500n;
    const { row, drawn, created } = await draw();
    const of = { seed: hashOf(132n), pool: POOL, round: 0 };
    const expected = sampleParticipants({ format: "guerdon/sample/1", ...of, ...HALF, roster: ROSTER });
    expect(created).to.equal(true);
    expect(drawn).to.deep.equal(expected.drawn);
    expect(row).to.deep.include({ rosterHash: expected.rosterHash, providers: expected.providers, ...HALF });
    // Six entries of a provider, one of them unsigned; half of five, rounded up.
    expect(row.providers[0]).to.deep.equal({ provider: "garage-7", eligible: 5, asked: 3, unsigned: 1 });
    expect(await draw()).to.deep.equal({ row, drawn, created: false });
    await refused(draw(ALL), "other-sample");
    await refused(draw(HALF, MANAGER), "not-interviewer");
    expect(await play.interviewer.sample(ROUND, signer.address)).to.deep.equal({ row, drawn });
    for (const account of [MANAGER, null]) {
      expect((await play.interviewer.sample(ROUND, account)).drawn).to.equal(null);
    }
  });

  it("lets be asked who is in it, with the provider they were drawn for, and nobody else", async () => {
    await play.interviewer.closeRoster(ROUND, MANAGER, ROSTER);
    play.chain.final = 500n;
    const invite = (participant: string, provider: string, wave = "day-30") =>
      play.interviewer.invite(ROUND, INTERVIEWER, { participant, provider, wave });
    await refused(invite("garage-7-person-0", "garage-7"), "no-sample");
    const { drawn } = await draw();
    const asked = new Set(drawn.map(({ participant }) => participant));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ROSTER), async ({ participant, provider }) => {
        if (asked.has(participant)) expect((await invite(participant, provider)).interview).to.match(/^[0-9a-f]{40}$/);
        else await refused(invite(participant, provider), "not-drawn");
      }),
      { numRuns: 20 },
    );
    const [one] = drawn;
    await refused(invite(one!.participant, one!.provider === "garage-7" ? "garage-8" : "garage-7"), "not-drawn");
    const { fault } = await refused(invite(one!.participant, one!.provider, "day-31"), "invalid");
    expect(fault!.limit).to.equal("before, day-30, day-90, paid");
    const who = { participant: one!.participant, provider: one!.provider, wave: "day-30" };
    await refused(play.interviewer.invite(ROUND, MANAGER, who), "not-interviewer");
  });
});
