/** Work done for many callers at once: what was asked for in one turn of the event loop goes together. */
export interface Groups<Item, Result> {
  add(item: Item): Promise<Result>;
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>;
}

/** How much goes together at most, so that a crowd neither blocks the loop nor fills a buffer. */
const MOST_ITEMS = 256;
const MOST_WEIGHT = 16 * 1024 * 1024;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Groups calls; one group is under way at a time, in the order the calls came.
 * @param make does a group; an `Error` in place of a result rejects that call alone, a rejection all calls of the group
 */
export function inGroups<Item, Result>(
  make: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  weigh: (item: Item) => number,
): Groups<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let idle: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever the last group released may join the next one.
      await new Promise((resolve) => setImmediate(resolve));
      await settle(waiting.splice(0, countOf(waiting, weigh)), make);
    }
    idle = null;
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        idle ??= run();
      }),
    idle: () => idle ?? Promise.resolve(),
  };
}

async function settle<Item, Result>(
  group: readonly Waiting<Item, Result>[],
  make: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
): Promise<void> {
  try {
    const results = await make(group.map(({ item }) => item));
    for (const [index, { resolve, reject }] of group.entries()) {
      const result = results[index]!;
      if (result instanceof Error) reject(result);
      else resolve(result);
    }
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

function countOf<Item, Result>(waiting: readonly Waiting<Item, Result>[], weigh: (item: Item) => number): number {
  let [count, weight] = [0, 0];
  for (const { item } of waiting.slice(0, MOST_ITEMS)) {
    weight += weigh(item);
    if (count > 0 && weight > MOST_WEIGHT) break;
    count += 1;
  }
  return count;
}
