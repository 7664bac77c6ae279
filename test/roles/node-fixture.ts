import { unpackTerms } from "../../contracts/protocol/terms.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import type { CosignRequest, ReportRequest } from "../../oracle/domain/messages.ts";
import type { ChainReader, PoolFacts } from "../../oracle/ports.ts";
import { createAssessor, type Assessor } from "../../oracle/roles/assessor.ts";
import { oracleNodes } from "../domain/season/oracle.ts";
import type { SeasonFixture } from "../domain/season/pool.ts";
import { seasons } from "../domain/season/seasons.ts";

/** A round that was assessed with the last of three nodes lying, and nodes that could have assessed it. */
export interface AssessedRound {
  readonly season: SeasonFixture;
  readonly bundle: Bundle;
  readonly facts: PoolFacts;
  readonly request: ReportRequest;
  readonly cosignRequest: CosignRequest;
}

export async function assessedRound(): Promise<AssessedRound> {
  const season = (await seasons()).engine;
  const bundle = season.bundles[0]!;
  const { chain } = season;
  const { pool, round, spec, evidence, reports } = bundle;
  const request = { pool, round, spec, evidence };
  const { chainId, providers, oracle } = chain;
  const facts = { chainId, terms: unpackTerms(chain.terms), providers, oracle, assessable: true };
  return { season, bundle, facts, request, cosignRequest: { ...request, reports } };
}

/** A node, by its place, over a chain that says this of every pool. */
export function nodeOver(facts: PoolFacts, place = 0, chain: Partial<ChainReader> = {}): Assessor {
  const reader: ChainReader = {
    poolFacts: () => Promise.resolve(facts),
    exportPool: () => Promise.reject(new Error("not asked for")),
    ...chain,
  };
  return createAssessor({ chain: reader, signer: nodeSigner(oracleNodes()[place]!) });
}
