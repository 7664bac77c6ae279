import { edited, type Edit, type MappedText } from "./mapped-text.ts";

/**
 * Characters that may join with what stands before them under NFKC: marks, the jamo of Hangul in all their forms, half-width voicing
 * marks, Kirat Rai vowels. All others start a part that NFKC treats on its own.
 */
const PART = /[^][\p{M}\u1160-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uff9e-\uffdc\u{16d63}-\u{16d6a}]*/gu;

/** NFKC of a text, with each character mapped to the few of the original that it came from. */
export function composed(mapped: MappedText): MappedText {
  const whole = mapped.text.normalize("NFKC");
  if (whole === mapped.text) return mapped;
  const result = edited(mapped, partEdits(mapped.text));
  // Should a later Unicode join characters that are not known here to join, the text is right all the same and only its map is coarse.
  return result.text === whole ? result : edited(mapped, [{ from: 0, to: mapped.text.length, put: whole }]);
}

function partEdits(text: string): Edit[] {
  const edits: Edit[] = [];
  for (const { index, 0: part } of text.matchAll(PART)) {
    const put = part.normalize("NFKC");
    if (put !== part) edits.push({ from: index, to: index + part.length, put });
  }
  return edits;
}
