import type { Hex } from "viem";
import { PeerError, type Logger, type RoundId } from "../../../ports.ts";
import { hiddenRounds, hiddenSources } from "../../../store/judgements.ts";
import { forgetIfErased, type PrivateRecordParts } from "./private.ts";

/** What a node needs to forget what was erased. */
export interface ForgettingParts extends Pick<PrivateRecordParts, "chainId" | "store" | "peers" | "book"> {
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Sources that one look asks about: what a node asks of an intake in a minute or so. */
const AT_ONCE = 200;

/** A private source of a judged round, and where to ask about it. */
interface Asked {
  readonly id: RoundId;
  readonly intake: Hex;
  readonly source: Hex;
}

/**
 * Forgets what models answered about items that have been erased at their intake. Every look asks about some sources, and the next
 * goes on from there; after the last of them it begins again. An intake that cannot be asked is passed over until the next look.
 * @returns a look; it gives the number of sources that it asked about
 */
export function forgetting(parts: ForgettingParts): () => Promise<number> {
  let turn = sourcesOf(parts);
  return async () => {
    const silent = new Set<Hex>();
    for (let asked = 0; asked < AT_ONCE; asked += 1) {
      const next = await turn.next();
      if (next.done === true) {
        turn = sourcesOf(parts);
        return asked;
      }
      await look(parts, next.value, silent);
    }
    return AT_ONCE;
  };
}

async function look(parts: ForgettingParts, { id, intake, source }: Asked, silent: Set<Hex>): Promise<void> {
  if (silent.has(intake)) return;
  const { pool, round } = id;
  try {
    const state = await forgetIfErased(parts, id, intake, source);
    if (state === "gone") parts.log.info({ pool, round, item: source }, "what models answered about it is forgotten");
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    silent.add(intake);
    parts.log.warn({ pool, round, error }, "an intake could not be asked what was erased");
  }
}

/** All private sources about which something is kept, round by round. */
async function* sourcesOf({ chainId, store, book }: ForgettingParts): AsyncGenerator<Asked> {
  for await (const id of hiddenRounds(store, chainId)) {
    const pool = await book.peek(id.pool);
    if (pool === null) continue;
    for await (const source of hiddenSources(store, id)) yield { id, intake: pool.spec.oracle.intake, source };
  }
}
