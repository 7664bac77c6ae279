import { checkShare, checkWhole, mean, sum } from "./numbers.ts";

/** One answer of a judge that people have checked. */
export interface Checked {
  /** How sure the judge was, 0 to 1. */
  readonly confidence: number;
  readonly correct: boolean;
}

/** One row of a reliability table. */
export interface ReliabilityRow {
  /** Confidences from here, up to but not including `to`; 1 belongs to the last row. */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean confidence and part correct of these. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** How far confidence and truth are apart. */
export interface CalibrationError {
  readonly n: number;
  /** Expected calibration error: mean over answers of |confidence − accuracy| of their rows, 0 to 1. */
  readonly expected: number;
  /** Mean confidence less part correct; above 0 where over-confident. */
  readonly overconfidence: number;
}

/** Answers by confidence in rows of equal width, rows without an answer left out (DeGroot and Fienberg 1983). */
export function reliabilityTable(checked: readonly Checked[], rows = 10): ReliabilityRow[] {
  checkWhole(rows, "rows", 1, 1_000);
  const groups = Array.from({ length: rows }, (): Checked[] => []);
  for (const one of checked) {
    groups[Math.min(rows - 1, Math.floor(checkShare(one.confidence, "confidence") * rows))]!.push(one);
  }
  return groups.flatMap((group, i) => {
    if (group.length === 0) return [];
    const confidence = mean(group.map((one) => one.confidence));
    const accuracy = group.filter(({ correct }) => correct).length / group.length;
    return [{ from: i / rows, to: (i + 1) / rows, n: group.length, confidence, accuracy }];
  });
}

/** Expected calibration error over such a table (Naeini et al. 2015; Guo et al. 2017), and over-confidence; null of nothing. */
export function calibrationError(checked: readonly Checked[], rows = 10): CalibrationError | null {
  if (checked.length === 0) return null;
  const table = reliabilityTable(checked, rows);
  const weighted = (of: (row: ReliabilityRow) => number) => sum(table.map((row) => row.n * of(row))) / checked.length;
  return {
    n: checked.length,
    expected: weighted(({ confidence, accuracy }) => Math.abs(confidence - accuracy)),
    overconfidence: weighted(({ confidence, accuracy }) => confidence - accuracy),
  };
}
