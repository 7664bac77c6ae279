import { expect } from "chai";
import type { Hex } from "viem";
import { DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { assessing } from "../../../oracle/compose/rounds.ts";
import { nodeSubmitter } from "../../../oracle/compose/submitter.ts";
import type { RoundFacts } from "../../../oracle/ports.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { ofManagers } from "../../../oracle/roles/driver.ts";
import { Refusal } from "../../../oracle/roles/refusal.ts";

const POOL = `0x${"ab".repeat(20)}` as const;
const MANAGER = `0x${"Cd".repeat(20)}` as const;
const NODE = `0x${"11".repeat(20)}` as const;
const terms: Terms = {
  token: NODE,
  oracle: NODE,
  specHash: `0x${"5e".repeat(32)}`,
  ...DEFAULT_TERMS,
  manager: MANAGER,
  start: 1_000_000,
  period: 1_000,
  rounds: 2,
};
const id = { chainId: 31_337, pool: POOL, round: 0 } as const;
const { publishBy } = roundSchedule(clockTerms(terms), 0);
const quiet = { info: () => undefined, warn: () => undefined };

describe("rounds of pools that cannot be opened", () => {
  let time: number;
  let asked: string[];
  beforeEach(() => {
    [time, asked] = [publishBy - 1, []];
  });

  /** Everything but what is named fails as soon as it is used. */
  const parts = () => ({
    chain: { chainId: 31_337, sending: { chainId: 31_337 } },
    account: { address: NODE },
    signer: { address: NODE },
    log: quiet,
    time: () => time,
    book: {
      open(pool: Hex) {
        asked.push(pool);
        return Promise.reject(new Refusal("other-roster", "not the spec's"));
      },
    },
  });
  const submitting = () =>
    nodeSubmitter({ submitter: { handoverSeconds: 1, spendLimitWei: 1n, distribute: true } } as never, parts() as never)
      .role;
  const assess = () =>
    assessing(
      {
        advance() {
          asked.push(POOL);
          return Promise.resolve({ step: { step: "wait", for: "freeze" }, obstacle: "other-roster" });
        },
      } as never,
      parts() as never,
    );
  const facts = (state: RoundFacts["state"]) => ({ state }) as RoundFacts;

  for (const [name, role] of [
    ["assessor", assess],
    ["submitter", submitting],
  ] as const) {
    it(`are waited for by the ${name} while it matters, then done with`, async () => {
      for (const state of ["assessing", "assessed", "settled"] as const) {
        expect(await role().advance(id, facts(state), terms)).to.deep.equal({ done: false, obstacle: "other-roster" });
      }
      time = publishBy;
      expect((await role().advance(id, facts("settled"), terms)).done).to.equal(true);
      expect((await role().advance(id, facts("assessing"), terms)).done).to.equal(false);
    });

    it(`are no more looked at by the ${name} when cancelled`, async () => {
      expect(await role().advance(id, facts("cancelled"), terms)).to.deep.equal({ done: true, obstacle: null });
      expect(asked).to.deep.equal([]);
    });
  }

  it("are done with by the assessor even where looking at them fails", async () => {
    time = publishBy;
    const failing = { advance: () => Promise.reject(new Error("broken")) };
    const role = assessing(failing as never, parts() as never);
    expect(await role.advance(id, facts("settled"), terms)).to.deep.equal({ done: true, obstacle: null });
  });
});

describe("pools of certain managers", () => {
  const pool = { pool: POOL, terms, signs: true };

  it("are all there are where none is named", () => {
    expect(ofManagers([pool], undefined)).to.deep.equal([pool]);
  });

  it("are the only ones the node signs for", () => {
    const others = { ...pool, terms: { ...terms, manager: NODE } };
    const foreign = { ...pool, signs: false };
    const listed = ofManagers([pool, others, foreign], [MANAGER.toLowerCase() as Hex]);
    expect(listed.map(({ signs }) => signs)).to.deep.equal([true, false, false]);
  });
});
