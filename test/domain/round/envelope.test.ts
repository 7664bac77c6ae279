import { expect } from "chai";
import type { Hex } from "viem";
import {
  commitmentOf,
  deadlineOf,
  envelopeProblem,
  envelopeSchema,
  MESSAGE_KINDS,
  type Envelope,
} from "../../../oracle/domain/round/envelope.ts";
import { lower } from "../season/oracle.ts";
import { fourNodes, saidBy, scheduleOfFour } from "./fixture.ts";

describe("a message between nodes", () => {
  const [node, other] = fourNodes();
  let commit: Envelope;
  before(async () => {
    ({ commit } = await saidBy(node!));
  });

  it("is signed by its node", async () => {
    expect(envelopeSchema.parse(JSON.parse(JSON.stringify(commit)))).to.deep.equal(commit);
    expect(await envelopeProblem(commit)).to.equal(null);
  });

  const changes: Record<string, (message: Envelope) => Partial<Envelope>> = {
    version: ({ version }) => ({ version: version + 1 }),
    kind: () => ({ kind: "reveal" }),
    chain: ({ chainId }) => ({ chainId: chainId + 1 }),
    pool: () => ({ pool: `0x${"ac".repeat(20)}` }),
    round: ({ round }) => ({ round: round + 1 }),
    node: () => ({ node: lower(other!.address) }),
    deadline: ({ deadline }) => ({ deadline: deadline + 1 }),
    body: ({ body }) => ({ body: { ...body, more: "1" } }),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is of no worth with another ${what}`, async () => {
      expect(await envelopeProblem({ ...commit, ...change(commit) })).to.be.a("string");
    });
  }

  it("is due in the order in which nodes speak, all within the assessment window", () => {
    const schedule = scheduleOfFour();
    const due = MESSAGE_KINDS.map((kind) => deadlineOf(kind, schedule));
    expect(due).to.deep.equal([...due].sort((one, another) => one - another));
    expect(schedule.end).to.be.below(schedule.freezeAt);
    expect(schedule.freezeAt).to.be.below(schedule.commitBy);
    expect(deadlineOf("assessment", schedule)).to.equal(schedule.silenceAt);
    expect(schedule.silenceAt - schedule.end).to.equal(7 * 86_400);
  });

  it("commits to node, report and salt alike", () => {
    const [digest, salt]: [Hex, Hex] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];
    const address = lower(node!.address);
    const hashes = [
      commitmentOf(address, digest, salt),
      commitmentOf(lower(other!.address), digest, salt),
      commitmentOf(address, salt, salt),
      commitmentOf(address, digest, digest),
    ];
    expect(new Set(hashes).size).to.equal(4);
  });
});
