import type { Random } from "../../fuzz-api/random.ts";
import type { Witness } from "./witness.ts";

/** What is wrong with what nodes say to each other. */
export interface WireFaults {
  /** Nodes of different groups do not hear each other; nodes in no group hear all. */
  groups: readonly (readonly number[])[];
  /** Chances, of each request: it is lost; it arrives and its answer is lost; it arrives a second time, later. */
  loss: number;
  lostAnswer: number;
  twice: number;
  /** Most milliseconds a request takes more than it must; each takes another time, so that later ones overtake. */
  delayMs: number;
}

/** The lines between the nodes, that can be made faulty. */
export interface Wire {
  readonly faults: WireFaults;
  /** What a node reaches others with. */
  fetchOf(node: number): typeof fetch;
  heal(): void;
}

const WHOLE: WireFaults = { groups: [], loss: 0, lostAnswer: 0, twice: 0, delayMs: 0 };

/** @param nodeAt number of the node that listens on a port; `null` for others */
export function createWire(random: Random, witness: Witness, nodeAt: (port: string) => number | null): Wire {
  const faults: WireFaults = { ...WHOLE };
  const hanging = new Set<() => void>();

  function parted(one: number, other: number): boolean {
    const group = (node: number): number => faults.groups.findIndex((nodes) => nodes.includes(node));
    const [a, b] = [group(one), group(other)];
    return a >= 0 && b >= 0 && a !== b;
  }

  /** Some lines are refused at once, on others nothing is heard until they are whole again. */
  async function cut(signal: AbortSignal | null | undefined): Promise<never> {
    if (random.chance(0.5)) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          hanging.delete(end);
          resolve();
        };
        hanging.add(end);
        signal?.addEventListener("abort", end, { once: true });
      });
    }
    throw new TypeError("the line is cut");
  }

  return {
    faults,
    fetchOf: (node) => async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const to = nodeAt(url.port);
      const body = typeof init?.body === "string" ? init.body : null;
      if (body !== null) witness.sawMessage(body);
      if (to === null || to === node) return fetch(input, init);
      if (parted(node, to)) return cut(init?.signal);
      if (random.chance(faults.loss)) throw new TypeError("the request is lost");
      await pause(random.below(faults.delayMs + 1));
      const [again, unheard] = [random.chance(faults.twice), random.chance(faults.lostAnswer)];
      const response = await fetch(input, init);
      if (again)
        void pause(random.below(200)).then(() => fetch(input, { ...init, signal: null }).catch(() => undefined));
      if (!unheard) return response;
      await response.arrayBuffer();
      throw new TypeError("the answer is lost");
    },
    heal() {
      Object.assign(faults, WHOLE);
      for (const end of [...hanging]) end();
    },
  };
}

export function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
