import { setTimeout as pause } from "node:timers/promises";
import type { Hex } from "viem";
import { rootOf } from "../../domain/evidence.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { freezeData, frozenSchema, type Frozen } from "../../domain/frozen.ts";
import type { Keccak } from "../../domain/keccak.ts";
import { journalEntry } from "../../ops/journal.ts";
import { StoreUnavailable, type Clock, type NodeSigner, type Store } from "../../ports.ts";
import { frozenKey, listItems, readRound, stateKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";

const ATTEMPTS = 200;
const PAGE = 5_000;

export interface FreezeParts {
  readonly store: Store;
  readonly signer: NodeSigner;
  readonly keccak: Keccak;
  readonly clock: Clock;
}

function idOf({ chainId, pool, round }: RoundId): RoundId {
  return { chainId, pool, round };
}

/**
 * Closes a round's evidence and signs what it holds. In two steps, each made once: first nothing more is taken in, which is as
 * quick as taking one item; then the tree is made, signed and kept. Whoever calls again goes on where the last call ended.
 * @param blockTime seconds; counts only for the call that closes the round
 * @throws IntakeRefusal `no-evidence`; the round stays open then
 */
export async function freezeRound(parts: FreezeParts, id: RoundId, blockTime: number): Promise<Frozen> {
  const before = await readFrozen(parts.store, id);
  if (before !== null) return before;
  const frozenAt = await closeRound(parts.store, id, blockTime);
  const frozen = await signed(parts, id, frozenAt);
  const data = { evidenceRoot: frozen.evidenceRoot, items: frozen.leaves.length };
  const append = [journalEntry({ type: "round.frozen", at: parts.clock(), ...idOf(frozen), data })];
  const put = { [frozenKey(id)]: JSON.stringify(frozen) };
  await parts.store.commit({ expect: { [frozenKey(id)]: null }, put, append });
  const kept = await readFrozen(parts.store, id);
  if (kept === null) throw new StoreUnavailable("what was closed is not in the store");
  return kept;
}

/** A round's closed evidence; `null` while it is open. */
export async function readFrozen(store: Store, id: RoundId): Promise<Frozen | null> {
  const text = await store.get(frozenKey(id));
  return text === null ? null : frozenSchema.parse(JSON.parse(text));
}

/** Lets nothing more in; returns since when, seconds of block time. */
async function closeRound(store: Store, id: RoundId, blockTime: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { text, state } = await readRound(store, id);
    if (state.closedAt !== null) return state.closedAt;
    if (state.items === 0) {
      throw new IntakeRefusal("no-evidence", { field: "round", value: String(id.round), limit: "at least one item" });
    }
    const put = { [stateKey(id)]: JSON.stringify({ ...state, closedAt: blockTime }) };
    const { ok } = await store.commit({ expect: { [stateKey(id)]: text }, put });
    if (ok) return blockTime;
    await pause(Math.random() * Math.min(20, attempt));
  }
  throw new StoreUnavailable(`evidence came in quicker than the round could be closed, ${ATTEMPTS} times`);
}

async function signed({ store, signer, keccak }: FreezeParts, id: RoundId, frozenAt: number): Promise<Frozen> {
  const { leaves, withheld } = await readLeaves(store, id);
  const { chainId, pool, round } = id;
  const evidenceRoot = rootOf(leaves, keccak);
  const frozen = { chainId, pool, round, evidenceRoot, frozenAt, leaves, withheld };
  const signature = await signer.sign(freezeData(frozen));
  return { format: "guerdon/frozen/1", ...frozen, intake: signer.address, signature };
}

async function readLeaves(store: Store, id: RoundId): Promise<{ leaves: Hex[]; withheld: Hex[] }> {
  const leaves: Hex[] = [];
  const withheld: Hex[] = [];
  for (let after = 0; ;) {
    const page = await listItems(store, id, after, PAGE);
    for (const { row } of page) {
      leaves.push(row.leaf);
      if ("private" in row) withheld.push(row.leaf);
    }
    if (page.length < PAGE) return { leaves, withheld };
    after = page.at(-1)!.position;
  }
}
