import { expect } from "chai";
import { audit } from "../../oracle/domain/audit/audit.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

describe("audit", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  for (const name of ["sla", "engine", "contested", "cancelled"] as const) {
    it(`passes the ${name} season`, async () => {
      const t = performance.now();
      const report = await audit(all[name].files);
      console.log(
        name,
        report.checks.length,
        performance.now() - t,
        [...all[name].files].map(([n, b]) => `${n} ${b.length}`).join(", "),
      );
      expect(report.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
      expect(report.ok).to.equal(true);
    });
  }
});
