import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { jointVector } from "../../../oracle/domain/round/assemble.ts";
import type { Envelope } from "../../../oracle/domain/round/envelope.ts";
import { tally, type ExclusionReason, type Tally } from "../../../oracle/domain/round/tally.ts";
import { lower, signed } from "../season/oracle.ts";
import { fourNodes, OF, saidBy, specOfFour, vectorOfAll } from "./fixture.ts";

const CLOSED = { commitsClosed: true, revealsClosed: true };
const OPEN = { commitsClosed: false, revealsClosed: false };

function count(envelopes: readonly Envelope[], when = CLOSED): Promise<Tally> {
  return tally({ of: OF, spec: specOfFour(), envelopes, ...when });
}

/** The same message with another body, signed by its node. */
function saying(node: PrivateKeyAccount, { signature: _, ...message }: Envelope, body: Envelope["body"]) {
  return signed(node, { ...message, body });
}

describe("tally of a round", () => {
  const nodes = fourNodes();
  const [a, b, c, d] = nodes.map(({ address }) => lower(address)) as [Hex, Hex, Hex, Hex];
  let said: Awaited<ReturnType<typeof saidBy>>[];
  before(async () => {
    said = await Promise.all(nodes.map((node) => saidBy(node)));
  });
  const all = () => said.flatMap(({ commit, reveal }) => [commit, reveal]);

  it("counts reports that open their commitments, ascending by node", async () => {
    const { reports, excluded, committed } = await count(all());
    expect(reports.map(({ node }) => node)).to.deep.equal([a, b, c, d]);
    expect(committed).to.deep.equal([a, b, c, d]);
    expect(excluded).to.deep.equal([]);
    expect(jointVector(reports, specOfFour())).to.equal(vectorOfAll(9_000));
  });

  it("waits for who may still commit or reveal, and leaves out nobody before the deadlines", async () => {
    const seen = await count([said[0]!.commit, said[0]!.reveal, said[1]!.commit], OPEN);
    expect(seen.awaited).to.deep.equal({ commit: [c, d], reveal: [b] });
    expect(seen.excluded).to.deep.equal([]);
    expect(seen.reports.map(({ node }) => node)).to.deep.equal([a]);
  });

  it("does not count a reveal without a commit", async () => {
    const { reports, excluded } = await count([said[0]!.reveal]);
    expect(reports).to.deep.equal([]);
    expect(excluded[0]).to.deep.equal({ node: a, reason: "no-commit", messages: [] });
  });

  it("gives the same for the same messages in any order, however often they come", async () => {
    const whole = await count(all());
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...all(), ...all()], { minLength: 16 }), async (envelopes) => {
        expect(await count(envelopes)).to.deep.equal(whole);
      }),
      { numRuns: 20 },
    );
  });

  describe("leaves out", () => {
    const cases: readonly (readonly [ExclusionReason, string, () => Promise<Envelope[]>])[] = [
      ["no-commit", "who says nothing", () => Promise.resolve([])],
      ["no-reveal", "who commits and falls silent", () => Promise.resolve([said[3]!.commit])],
      [
        "equivocation",
        "who commits to two things",
        async () => [said[3]!.commit, (await saidBy(nodes[3]!, vectorOfAll(1))).commit],
      ],
      [
        "equivocation",
        "who shows two things",
        async () => [said[3]!.commit, said[3]!.reveal, (await saidBy(nodes[3]!, vectorOfAll(1))).reveal],
      ],
      [
        "other-evidence",
        "who assessed other evidence",
        async () => {
          const other = await saidBy(nodes[3]!, vectorOfAll(1), { ...OF, evidenceRoot: `0x${"cd".repeat(32)}` });
          return [other.commit, other.reveal];
        },
      ],
      [
        "mismatch",
        "who shows something else than it committed to",
        async () => [said[3]!.commit, (await saidBy(nodes[3]!, vectorOfAll(1))).reveal],
      ],
      [
        "mismatch",
        "who passes another's commitment off as its own",
        async () => {
          const copied = await saying(nodes[3]!, said[3]!.commit, said[0]!.commit.body);
          return [copied, await saying(nodes[3]!, said[3]!.reveal, said[0]!.reveal.body)];
        },
      ],
      ["malformed", "a commit of another form", async () => [await saying(nodes[3]!, said[3]!.commit, { x: "1" })]],
      [
        "malformed",
        "a reveal of another form",
        async () => [said[3]!.commit, await saying(nodes[3]!, said[3]!.reveal, { vector: "none" })],
      ],
      [
        "malformed",
        "a vector for another number of providers",
        async () => {
          const { commit, reveal } = await saidBy(nodes[3]!, "0x2710");
          return [commit, reveal];
        },
      ],
      [
        "malformed",
        "a report with another's signature",
        async () => {
          const body = {
            ...(said[3]!.reveal.body as object),
            signature: (said[0]!.reveal.body as { signature: Hex }).signature,
          };
          return [said[3]!.commit, await saying(nodes[3]!, said[3]!.reveal, body)];
        },
      ],
    ];
    for (const [reason, what, messages] of cases) {
      it(`${what}: ${reason}`, async () => {
        const others = said.slice(0, 3).flatMap(({ commit, reveal }) => [commit, reveal]);
        const theirs = await messages();
        const { reports, excluded } = await count([...others, ...theirs]);
        expect(reports.map(({ node }) => node)).to.deep.equal([a, b, c]);
        expect(excluded.map((one) => [one.node, one.reason])).to.deep.equal([[d, reason]]);
        expect(excluded[0]!.messages.length).to.be.at.most(2);
        expect(theirs).to.include.deep.members([...excluded[0]!.messages]);
        // What is listed shows the reason by itself.
        const alone = await count(excluded[0]!.messages);
        expect(alone.excluded.find(({ node }) => node === d)).to.deep.equal(excluded[0]);
      });
    }
  });

  it("joins to what honest nodes found, whatever one of four does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.constantFrom("reports", "falls silent", "equivocates"),
        async (bad, score, how) => {
          const lies = await saidBy(nodes[bad]!, vectorOfAll(score));
          const honest = said.filter((_, i) => i !== bad).flatMap(({ commit, reveal }) => [commit, reveal]);
          const theirs = {
            reports: [lies.commit, lies.reveal],
            "falls silent": [lies.commit],
            equivocates: [lies.commit, said[bad]!.commit, lies.reveal],
          }[how];
          const { reports } = await count([...honest, ...theirs]);
          expect(jointVector(reports, specOfFour())).to.equal(vectorOfAll(9_000));
        },
      ),
      { numRuns: 40 },
    );
  });
});
