/** Characters that count as a token: about what English takes. */
export const CHARACTERS = 4;
/** Prompts are kept from so many tokens on, in steps of so many, as OpenAI documents its prompt caching. */
const [SHORTEST_KEPT, STEP] = [1024, 128];
const MOST_KEPT = 500;

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

export function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARACTERS);
}

/** Counts tokens, and keeps prompts: what a prompt has in common with the beginning of an earlier one is cached. */
export function createCounter(): (prompt: string, completion: string) => Usage {
  const kept: string[] = [];
  return (prompt, completion) => {
    const common = kept.reduce((longest, before) => Math.max(longest, commonLength(before, prompt)), 0);
    kept.push(prompt);
    if (kept.length > MOST_KEPT) kept.shift();
    const tokens = Math.floor(common / CHARACTERS / STEP) * STEP;
    const [asked, answered] = [tokensIn(prompt), tokensIn(completion)];
    return {
      prompt_tokens: asked,
      completion_tokens: answered,
      total_tokens: asked + answered,
      prompt_tokens_details: { cached_tokens: tokens >= SHORTEST_KEPT ? tokens : 0 },
    };
  };
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
