/** Tokens of a round that one model may take. A hard stop: what is reserved and spent never exceeds the limit. */
export interface TokenBudget {
  /**
   * Sets tokens aside. Waits while they do not fit only because others are set aside that may not all be spent; first come first
   * served. So what fits does not depend on how fast answers come.
   * @returns what gives them back against what was spent, once; `null` where they do not fit
   */
  reserve(tokens: number): Promise<((spent: number) => void) | null>;
  /** Spent so far. */
  spent(): number;
}

interface Waiting {
  readonly tokens: number;
  readonly done: (settle: ((spent: number) => void) | null) => void;
}

/** @param already spent in this round before, by a node that has started again */
export function tokenBudget(limit: number, already = 0): TokenBudget {
  const waiting: Waiting[] = [];
  let spent = already;
  let reserved = 0;

  function settler(tokens: number): (actual: number) => void {
    let open = true;
    return (actual) => {
      if (!open) return;
      open = false;
      reserved -= tokens;
      spent += actual;
      serve();
    };
  }

  function serve(): void {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const fits = spent + reserved + first.tokens <= limit;
      if (!fits && reserved > 0 && spent + first.tokens <= limit) return;
      waiting.shift();
      if (fits) reserved += first.tokens;
      first.done(fits ? settler(first.tokens) : null);
    }
  }

  return {
    reserve: (tokens) =>
      new Promise((done) => {
        waiting.push({ tokens, done });
        serve();
      }),
    spent: () => spent,
  };
}

/** Tokens of the form around messages: roles, separators. */
const FRAME = 64;

/** Most tokens a prompt can have: one for each byte, as tokens of byte-level encodings stand for one byte or more. */
export function mostTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, FRAME);
}
