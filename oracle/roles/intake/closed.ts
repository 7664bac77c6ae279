import type { Hex } from "viem";
import type { Frozen } from "../../domain/frozen.ts";
import type { Keccak } from "../../domain/keccak.ts";
import { merkleTree } from "../../domain/merkle.ts";
import type { Store } from "../../ports.ts";
import { evidenceKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { readFrozen } from "./freeze.ts";

/** A closed round's evidence, laid out to be asked. */
export interface ClosedRound {
  readonly frozen: Frozen;
  /** Whether the item of a leaf is private or erased. */
  isWithheld(leaf: Hex): boolean;
  /** From a leaf to the evidence root; `null` where it is none of the round's. The tree is made when the first is asked for. */
  proof(leaf: Hex): Hex[] | null;
}

/** A closed round; `null` while it is open. */
export type ClosedRounds = (id: RoundId) => Promise<ClosedRound | null>;

/** How many rounds are kept: those that were asked for last. */
const KEPT = 8;

/**
 * Reads closed rounds. A record has tens of thousands of leaves and never changes: it is read, parsed and laid out once for all who
 * ask for it, those who ask at the same time too, until so many other closed rounds were asked for.
 */
export function closedRounds({ store, keccak }: { readonly store: Store; readonly keccak: Keccak }): ClosedRounds {
  const kept = new Map<string, ClosedRound>();
  const reading = new Map<string, Promise<ClosedRound | null>>();

  return async (id) => {
    const key = evidenceKey(id);
    const known = kept.get(key) ?? (await readTogether(key, id));
    if (known !== null) keep(key, known);
    return known;
  };

  /** Whoever asks while another reads waits for the same, and reads again where the round was open when that began. */
  async function readTogether(key: string, id: RoundId): Promise<ClosedRound | null> {
    const before = reading.get(key);
    return before === undefined ? read(key, id) : ((await before) ?? read(key, id));
  }

  async function read(key: string, id: RoundId): Promise<ClosedRound | null> {
    const asked = readFrozen(store, id).then((frozen) => (frozen === null ? null : laidOut(frozen, keccak)));
    reading.set(key, asked);
    try {
      return await asked;
    } finally {
      if (reading.get(key) === asked) reading.delete(key);
    }
  }

  function keep(key: string, round: ClosedRound): void {
    kept.delete(key);
    kept.set(key, round);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  }
}

function laidOut(frozen: Frozen, keccak: Keccak): ClosedRound {
  const withheld = new Set(frozen.withheld);
  const proofs = once(() => {
    const tree = merkleTree(frozen.leaves, keccak);
    return { tree, places: new Map(frozen.leaves.map((leaf, place) => [leaf, place])) };
  });
  return {
    frozen,
    isWithheld: (leaf) => withheld.has(leaf),
    proof(leaf) {
      const { tree, places } = proofs();
      const place = places.get(leaf);
      return place === undefined ? null : tree.proof(place);
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
