import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { deadlineOf, PEER_VERSION, type Envelope } from "../../../oracle/domain/round/envelope.ts";
import { amongReporters, type Tally } from "../../../oracle/domain/round/tally.ts";
import { turnOrder } from "../../../oracle/domain/round/turns.ts";
import { viemRecover } from "../../../oracle/domain/signatures.ts";
import { encodeReport } from "../../../oracle/domain/judgement/report-vector.ts";
import { cellsOf } from "../../../oracle/domain/judgement/score.ts";
import { jointVector } from "../../../oracle/domain/round/assemble.ts";
import { judgedParams } from "../../../oracle/domain/spec.ts";
import { judgedGround } from "./judged-world.ts";
import { signedTally, agreedReporters, isProposed, type Agreed } from "../../../oracle/roles/assessor/agree.ts";
import { createMailbox } from "../../../oracle/roles/assessor/mailbox.ts";
import type { AssessorParts } from "../../../oracle/roles/assessor/parts.ts";
import type { PoolBook } from "../../../oracle/roles/assessor/pool-book.ts";
import { noteHeard } from "../../../oracle/store/agreement.ts";
import { fourNodes, OF, POOL, saidBy, scheduleOfFour, specOfFour, termsOfFour } from "../../domain/round/fixture.ts";
import { lower, signed } from "../../domain/season/oracle.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";
import { refusal } from "../refusal.ts";

/*
 * whose reports are joined
 * ├── a proposal is acceptable: it is taken over, also where all are here
 * ├── it lacks a report that was heard in good time, or a quorum: it is passed over
 * ├── it has a report that is not here: that is waited for, and taken late
 * └── none is acceptable
 *     ├── all are here: those of all
 *     └── else this node proposes in its turn, from a handover after the reveals on
 */
const id = { chainId: OF.chainId, pool: POOL, round: 0 };
const schedule = scheduleOfFour();
const HANDOVER = 100;
const EARLY = schedule.commitBy + 1;
const LATE = schedule.revealBy - 1;

describe("whose reports are joined where judges differ", () => {
  const accounts = fourNodes();
  const signers = accounts.map(({ address }) => lower(address));
  const order = turnOrder(signers, POOL, 0);
  const pool = { terms: termsOfFour(), spec: specOfFour(), oracle: { signers, threshold: 3 } };
  let temporary: TempStore;
  let time: number;
  beforeEach(async () => {
    temporary = await tempStore();
    time = schedule.revealBy;
  });
  afterEach(() => temporary.remove());

  /** @param here nodes whose reports are here, and when they were heard */
  async function agree(self: Hex, here: ReadonlyMap<Hex, number>, messages: readonly Envelope[] = []): Promise<Agreed> {
    for (const [node, at] of here) await noteHeard(temporary.store, id, node, at);
    const parts = { store: temporary.store, signer: { address: self }, handoverSeconds: HANDOVER, time: () => time };
    const tally = { reports: [...here.keys()].sort().map((node) => ({ node })) } as unknown as Tally;
    return agreedReporters(parts as unknown as AssessorParts, { id, pool, of: OF }, tally, messages);
  }
  const heard = (...nodes: readonly (readonly [Hex, number])[]): Map<Hex, number> => new Map(nodes);
  const [a, b, c, d] = order as [Hex, Hex, Hex, Hex];

  /** What a node says that joined these reports. */
  function proposal(node: Hex, reporters: readonly Hex[]): Envelope {
    const list = [...reporters].sort().join(",");
    const sig: Hex = `0x${"11".repeat(64)}1b`;
    const body = { evidenceRoot: OF.evidenceRoot, scores: "0x00", signature: sig, reporters: list } as const;
    const fixed = { version: PEER_VERSION, kind: "assessment", ...id, deadline: schedule.silenceAt } as const;
    return { ...fixed, node, body, signature: sig };
  }

  it("are those of all nodes where all are here, without anybody's proposal", async () => {
    const all = heard([a, EARLY], [b, EARLY], [c, EARLY], [d, LATE]);
    expect(await agree(d, all)).to.deep.equal({ reporters: [...signers].sort() });
  });

  it("are those others have signed already, where all are here and what is left out came at the last moment", async () => {
    const all = heard([a, EARLY], [b, EARLY], [c, EARLY], [d, LATE]);
    expect(await agree(c, all, [proposal(b, [a, b, c])])).to.deep.equal({ reporters: [a, b, c].sort() });
  });

  it("are those of all where all are here and a proposal leaves out whom this node heard in good time", async () => {
    const all = heard([a, EARLY], [b, EARLY], [c, EARLY], [d, EARLY]);
    expect(await agree(c, all, [proposal(b, [a, b, c])])).to.deep.equal({ reporters: [...signers].sort() });
  });

  it("are proposed in turn by the nodes themselves, not before", async () => {
    const here = heard([a, EARLY], [b, EARLY], [c, EARLY]);
    const three = [a, b, c].sort();
    expect(await agree(a, here)).to.deep.equal({ waitsFor: "awaiting-proposal" });
    time += HANDOVER;
    expect(await agree(a, here)).to.deep.equal({ reporters: three });
    expect(await agree(b, here)).to.deep.equal({ waitsFor: "awaiting-proposal" });
    time += HANDOVER - 1;
    expect(await agree(b, here)).to.deep.equal({ waitsFor: "awaiting-proposal" });
    time += 1;
    expect(await agree(b, here)).to.deep.equal({ reporters: three });
    expect(await agree(c, here)).to.deep.equal({ waitsFor: "awaiting-proposal" });
  });

  it("are those of an acceptable proposal, the first in the order of turns", async () => {
    const here = heard([a, EARLY], [b, EARLY], [c, EARLY], [d, LATE]);
    here.delete(d);
    const three = [a, b, c];
    expect(await agree(c, here, [proposal(b, three), proposal(a, three)])).to.deep.equal({
      reporters: [...three].sort(),
    });
  });

  it("are not those of a proposal that leaves out whom this node heard in good time, or has no quorum", async () => {
    const here = heard([b, EARLY], [c, EARLY], [d, EARLY]);
    expect(await agree(c, here, [proposal(a, [a, b, c])])).to.deep.equal({ waitsFor: "awaiting-proposal" });
    expect(await agree(c, here, [proposal(a, [b, c])])).to.deep.equal({ waitsFor: "awaiting-proposal" });
  });

  it("never leave out this node's own report", async () => {
    const here = heard([a, LATE], [b, LATE], [c, LATE]);
    here.set(d, LATE);
    here.delete(a);
    expect(await agree(b, here, [proposal(a, [a, c, d])])).to.not.have.property("reporters");
  });

  it("may leave out who was heard at the last moment, and wait for one that only the proposer heard", async () => {
    const here = heard([a, EARLY], [b, EARLY], [c, EARLY]);
    const all = [proposal(a, [a, b, c, d])];
    expect(await agree(b, here, all)).to.deep.equal({ waitsFor: "missing-reports" });
    // Nobody else has it: the others go on without, a handover later than else.
    time += 3 * HANDOVER - 1;
    expect(await agree(b, here, all)).to.deep.equal({ waitsFor: "missing-reports" });
    time += 1;
    expect(await agree(b, here, all)).to.deep.equal({ reporters: [a, b, c].sort() });
    await temporary.remove();
    temporary = await tempStore();
    const late = heard([a, EARLY], [b, EARLY], [d, LATE]);
    expect(await agree(b, late, [proposal(a, [a, b, d])])).to.deep.equal({ reporters: [a, b, d].sort() });
  });

  it("are the same for all honest nodes that have heard the same in good time, whatever one of them proposes", async () => {
    const sets = fc.subarray([a, b, c, d], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(sets, fc.constantFrom(b, c, d), async (said, self) => {
        await temporary.remove();
        temporary = await tempStore();
        const here = heard([b, EARLY], [c, EARLY], [d, EARLY]);
        const found = await agree(self, here, [proposal(a, said)]);
        if ("reporters" in found) expect(found.reporters).to.include.members([b, c, d]);
      }),
      { numRuns: 30 },
    );
  });

  describe("with reports that come late", () => {
    const book: PoolBook = {
      facts: () => Promise.resolve({ terms: termsOfFour(), oracle: { ...specOfFour().oracle } }),
      peek: () => Promise.reject(new Error("not asked for")),
      open: () => Promise.reject(new Error("not asked for")),
    };
    const mailbox = () =>
      createMailbox({
        ...{ chainId: OF.chainId, store: temporary.store, book, recover: viemRecover },
        time: () => time,
        onNew: () => undefined,
      });

    it("takes them where another node has joined them, and only then", async () => {
      const [late, other] = accounts;
      const { commit, reveal } = await saidBy(late!);
      expect(await refusal(mailbox().take(reveal))).to.equal("expired");
      const said = proposal(lower(other!.address), [lower(late!.address), lower(other!.address)]);
      const { signature: _, ...message } = said;
      await mailbox().take(await signed(other!, message));
      expect(await mailbox().take(commit)).to.equal(true);
      expect(await mailbox().take(reveal)).to.equal(true);
      time = deadlineOf("assessment", schedule);
      expect(await refusal(mailbox().take(reveal))).to.equal("expired");
    });

    it("takes none for a node's own word that it counts", () => {
      const own = proposal(a, [a, b]);
      expect(isProposed([own], a)).to.equal(false);
      expect(isProposed([own], b)).to.equal(true);
    });
  });

  it("are found again by what was signed, whatever one signer says of whose reports it joined", async () => {
    // Reports differ only where words are judged.
    const { spec } = await judgedGround();
    const cells = cellsOf(judgedParams(spec)!.document);
    const vectorOf = (score: number): Hex => {
      // No veto falls, so that scores tell reports apart.
      const own = cells.map(({ group }) => ({ score: group === null ? 10_000 : score, count: 9, spread: 0 }));
      const estimates = spec.roster.flatMap(() => own);
      const units = spec.roster.map(() => 1);
      return encodeReport({ estimates, units, record: `0x${"00".repeat(32)}` });
    };
    const reports = [a, b, c, d].map((node, i) => ({ node, vector: vectorOf(9_000 - 2_000 * i) }));
    const counted = { reports, excluded: [] } as unknown as Tally;
    const joined = jointVector(reports.slice(0, 3), spec);
    const found = (...reporters: (readonly Hex[])[]) =>
      signedTally(counted, { scores: joined, reporters }, spec, [])?.reports.map(({ node }) => node) ?? null;
    expect(found([b, c, d], [a, b, c])).to.deep.equal([a, b, c]);
    expect(found([b, c, d])).to.equal(null);
    expect(found([a, b, `0x${"ff".repeat(20)}`])).to.equal(null);
  });

  it("leaves the others out by name, with what they said", async () => {
    const said = await Promise.all(accounts.map((account) => saidBy(account)));
    const envelopes = said.flatMap(({ commit, reveal }) => [commit, reveal]);
    const reports = signers.map((node) => ({ node })) as unknown as Tally["reports"];
    const tally: Tally = { committed: signers, reports, excluded: [], awaited: { commit: [], reveal: [] } };
    const { reports: left, excluded } = amongReporters(tally, specOfFour(), envelopes, [a, b, c]);
    expect(left.map(({ node }) => node).sort()).to.deep.equal([a, b, c].sort());
    expect(excluded.map(({ node, reason }) => ({ node, reason }))).to.deep.equal([{ node: d, reason: "not-agreed" }]);
    expect(excluded[0]!.messages.map(({ kind }) => kind)).to.deep.equal(["commit", "reveal"]);
  });
});
