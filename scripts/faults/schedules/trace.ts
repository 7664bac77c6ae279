/** What happened in a schedule, for whoever has to find out why. */
export interface Trace {
  say(line: string): void;
  lines(): readonly string[];
}

const MOST_LINES = 600;

export function createTrace(): Trace {
  const began = Date.now();
  const lines: string[] = [];
  let left = 0;
  return {
    say(line) {
      lines.push(`${String(Date.now() - began).padStart(6)} ms  ${line}`);
      if (lines.length > MOST_LINES) left += lines.splice(MOST_LINES / 3, 1).length;
    },
    lines: () => (left === 0 ? lines : lines.toSpliced(MOST_LINES / 3, 0, `… ${left} lines left out …`)),
  };
}
