/** Lines and branches of one file: all there are, and those that no test reaches. */
export interface FileCoverage {
  readonly lines: number;
  readonly branches: number;
  /** As in `12` for a line and `12,0,1` for a branch (line, block, branch). */
  readonly missedLines: readonly string[];
  readonly missedBranches: readonly string[];
}

/**
 * Reads a report in lcov's tracefile format: `SF` names a file, `DA:line,hits` a line, `BRDA:line,block,branch,hits` a branch
 * (`-` where its line was never reached).
 * @see https://manpages.debian.org/stable/lcov/geninfo.1.en.html
 */
export function parseLcov(text: string): Map<string, FileCoverage> {
  const report = new Map<string, FileCoverage>();
  for (const record of text.split("end_of_record")) {
    const rows = record.split("\n").map((row) => row.trim());
    const file = values(rows, "SF")[0];
    if (file === undefined) continue;
    const lines = values(rows, "DA").map((row) => row.split(","));
    const branches = values(rows, "BRDA").map((row) => row.split(","));
    report.set(file.replaceAll("\\", "/"), {
      lines: lines.length,
      branches: branches.length,
      missedLines: lines.filter(([, hits]) => hits === "0").map(([line = ""]) => line),
      missedBranches: branches
        .filter(([, , , hits]) => hits === "0" || hits === "-")
        .map((row) => row.slice(0, 3).join()),
    });
  }
  return report;
}

function values(rows: readonly string[], key: string): string[] {
  return rows.filter((row) => row.startsWith(`${key}:`)).map((row) => row.slice(key.length + 1));
}
