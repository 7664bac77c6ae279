/** A text, and for each of its UTF-16 units the part of the original it came from: half-open, in UTF-16 units of the original. */
export interface MappedText {
  readonly text: string;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Puts another text in the place of the units from `from` up to but without `to`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/** A text as its own original. */
export function unmapped(text: string): MappedText {
  const from = Int32Array.from({ length: text.length }, (_, i) => i);
  return { text, from, to: from.map((i) => i + 1) };
}

/**
 * The text after some edits. What is put in came from all of what it replaces; where nothing is replaced, from the unit after it.
 * @param edits in ascending order, none over another
 * @returns the same object where there is no edit
 */
export function edited(mapped: MappedText, edits: readonly Edit[]): MappedText {
  if (edits.length === 0) return mapped;
  const length = edits.reduce((sum, { from, to, put }) => sum + put.length - (to - from), mapped.text.length);
  const result = { from: new Int32Array(length), to: new Int32Array(length) };
  const parts: string[] = [];
  let read = 0;
  let written = 0;
  const keep = (until: number): void => {
    parts.push(mapped.text.slice(read, until));
    result.from.set(mapped.from.subarray(read, until), written);
    result.to.set(mapped.to.subarray(read, until), written);
    written += until - read;
  };
  for (const { from, to, put } of edits) {
    keep(from);
    parts.push(put);
    const origin = originOf(mapped, from, to);
    result.from.fill(origin.from, written, written + put.length);
    result.to.fill(origin.to, written, written + put.length);
    written += put.length;
    read = to;
  }
  keep(mapped.text.length);
  return { text: parts.join(""), ...result };
}

/** The part of the original that some units came from, as the smallest range around it. */
export function originOf({ from, to }: MappedText, start: number, end: number): { from: number; to: number } {
  if (start >= end) {
    const at = start < from.length ? from[start]! : (to[from.length - 1] ?? 0);
    return { from: at, to: at };
  }
  let [lowest, highest] = [from[start]!, to[start]!];
  for (let i = start + 1; i < end; i++) {
    lowest = Math.min(lowest, from[i]!);
    highest = Math.max(highest, to[i]!);
  }
  return { from: lowest, to: highest };
}
