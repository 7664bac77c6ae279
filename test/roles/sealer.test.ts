import { expect } from "chai";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { RESULT_FILE, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import { createSealer } from "../../oracle/roles/sealer.ts";
import { oracleNodes } from "../domain/season/oracle.ts";
import type { SeasonFixture } from "../domain/season/pool.ts";
import { seasons } from "../domain/season/seasons.ts";
import type { Refusal } from "../../oracle/roles/refusal.ts";
import { refusal } from "./refusal.ts";

describe("an oracle node asked to seal", () => {
  let season: SeasonFixture;
  before(async () => {
    season = (await seasons()).engine;
  });

  const texts = (change: Record<string, string> = {}) => {
    const open = [...season.files].filter(([name]) => name !== SEAL_FILE);
    return { ...Object.fromEntries(open.map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])), ...change };
  };
  const sealer = (chain = season.chain) =>
    createSealer({
      chain: { exportPool: () => Promise.resolve(chain) },
      signer: nodeSigner(oracleNodes()[0]!),
      factory: season.chain.factory,
      signs: (pool) => Promise.resolve(pool === season.chain.pool),
    });

  it("signs files it has compared with the chain and audited", async () => {
    const { node, signature } = await sealer()({ pool: season.chain.pool, files: texts() });
    const seal = JSON.parse(new TextDecoder().decode(season.files.get(SEAL_FILE))) as { signatures: unknown[] };
    expect(seal.signatures).to.deep.include({ node, signature });
  });

  it("refuses pools of other oracles and of other factories, before it reads the chain", async () => {
    expect(await refusal(sealer()({ pool: `0x${"ab".repeat(20)}`, files: texts() }))).to.equal("unknown-pool");
    const chain = { ...season.chain, factory: `0x${"ab".repeat(20)}` as const };
    const files = texts({ "chain.json": new TextDecoder().decode(documentBytes(chain)) });
    expect(await refusal(sealer(chain)({ pool: season.chain.pool, files }))).to.equal("other-factory");
  });

  it("takes few requests at a time", async () => {
    const seal = sealer();
    const asked = Array.from({ length: 6 }, () =>
      seal({ pool: season.chain.pool, files: {} }).catch((e: Refusal) => e.reason),
    );
    const reasons = (await Promise.all(asked)) as string[];
    expect(reasons.filter((reason) => reason === "busy")).to.have.length(2);
    expect(reasons.filter((reason) => reason === "incomplete")).to.have.length(4);
  });

  it("refuses files without a chain export", async () => {
    expect(await refusal(sealer()({ pool: season.chain.pool, files: {} }))).to.equal("incomplete");
  });

  it("refuses a chain export that is not what it reads", async () => {
    const other = { ...season.chain, balance: "12345" };
    expect(await refusal(sealer(other)({ pool: season.chain.pool, files: texts() }))).to.equal("not-on-chain");
  });

  it("refuses files that do not pass the audit", async () => {
    const result = JSON.parse(texts()[RESULT_FILE]!) as { rounds: { dust: string }[] };
    result.rounds[0]!.dust = String(BigInt(result.rounds[0]!.dust) + 1n);
    const files = texts({ [RESULT_FILE]: new TextDecoder().decode(documentBytes(result)) });
    expect(await refusal(sealer()({ pool: season.chain.pool, files }))).to.equal("audit-failed");
  });
});
