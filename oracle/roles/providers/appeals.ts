import type { Hex } from "viem";
import { appealHash, challengeFor, type Appeal, type AppealRequest, type Challenge } from "../../domain/appeal.ts";
import type { ChainReader, RoundId, Store } from "../../ports.ts";
import { keepAppeal, listAppeals } from "../../store/appeals.ts";
import type { PoolBook } from "../assessor/pool-book.ts";

/** Why an appeal is not taken. */
export type AppealReason = "no-round" | "not-provider" | "no-criterion" | "not-open" | "appealed-already";

/** An appeal that is not taken. */
export class AppealRefusal extends Error {
  override readonly name = "AppealRefusal";
  readonly reason: AppealReason;

  constructor(reason: AppealReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** An appeal that is kept, and how to go on with it. */
export interface TakenAppeal {
  readonly appeal: Appeal;
  readonly hash: Hex;
  /** `null` where the pool has no arbiter. */
  readonly challenge: Challenge | null;
  /** Whether it came in just now. */
  readonly created: boolean;
}

/** What taking appeals needs. */
export interface AppealParts {
  readonly store: Store;
  readonly chain: Pick<ChainReader, "latest" | "roundFacts">;
  readonly book: Pick<PoolBook, "peek">;
}

/** Appeals of providers: what they say against a round while it can be challenged. */
export interface Appeals {
  /** @throws AppealRefusal */
  take(id: RoundId, account: Hex, request: AppealRequest): Promise<TakenAppeal>;
  /** @throws AppealRefusal `no-round` */
  list(id: RoundId, after: string | null, limit: number): ReturnType<typeof listAppeals>;
}

export function createAppeals({ store, chain, book }: AppealParts): Appeals {
  async function poolOf({ pool, round }: RoundId) {
    const found = await book.peek(pool);
    if (found !== null && round < found.terms.rounds) return found;
    throw new AppealRefusal("no-round", "no such round, or its outcome spec is not here");
  }

  return {
    async take(id, account, { criterion, reason, quotes }) {
      const { spec, terms } = await poolOf(id);
      const provider = spec.roster.findIndex((one) => one.account === account);
      if (provider < 0) throw new AppealRefusal("not-provider", "the account is on no roster of the pool");
      const place = spec.criteria.findIndex((one) => one.id === criterion);
      if (place < 0) throw new AppealRefusal("no-criterion", spec.criteria.map((one) => one.id).join(", "));
      const block = await chain.latest();
      const { state, deadline } = await chain.roundFacts(id.pool, id.round, block);
      if ((state !== "assessed" && state !== "silent") || deadline === null || block.time >= deadline) {
        throw new AppealRefusal("not-open", `the round is ${state}`);
      }
      const said = { provider: spec.roster[provider]!.id, account, criterion, reason, quotes };
      const fixed = { format: "guerdon/appeal/1", chainId: id.chainId, pool: id.pool, round: id.round } as const;
      const appeal: Appeal = { ...fixed, ...said, receivedAt: block.time };
      const kept = await keepAppeal(store, id, { provider, criterion: place }, appeal);
      const created = kept === appeal;
      if (!created && appealHash({ ...appeal, receivedAt: kept.receivedAt }) !== appealHash(kept)) {
        throw new AppealRefusal("appealed-already", appealHash(kept));
      }
      const hash = appealHash(kept);
      const challenge = challengeFor({ pool: id.pool, round: id.round, terms }, hash, { state, deadline });
      return { appeal: kept, hash, challenge, created };
    },
    async list(id, after, limit) {
      await poolOf(id);
      return listAppeals(store, id, after, limit);
    },
  };
}
