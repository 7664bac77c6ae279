import { hospitalTemplate } from "../../oracle/domain/templates/hospital.ts";
import { impactTemplate, publishedRewards } from "../../oracle/domain/templates/impact.ts";
import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";
import { InputError } from "../../oracle/domain/errors.ts";
import { AGREEMENT_NAMES } from "../../oracle/domain/criteria/agreement.ts";
import { lintFile } from "../guerdon/lint.ts";
import { readEvidence } from "../season/evidence-files.ts";
import type { Row } from "./row.ts";

/** Rules that were published with their results. */
export const hospitalRule: Row = {
  name: "hospital",
  what: "hospital scoring rule",
  anchor: "every published point and total",
  mark: "the same",
  basis: "CMS Hospital Value-Based Purchasing, fiscal year 2024; the template stops at the first figure that differs",
  async measure() {
    const files = await readEvidence("hospital");
    try {
      const { params, providers, evidence } = hospitalTemplate.plan(files, {});
      const ids = providers.map(({ id }) => id);
      const findings = hospitalTemplate.assess(params, ids, evidence[0]!, 0);
      const judged = findings.filter(({ scoreBps }) => scoreBps !== null).length;
      const value = `${ids.length} hospitals recomputed from their rates, ${judged} with a total, none differs`;
      return { value, passed: judged > 0 };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { value: error.message, passed: false };
    }
  },
};

export const retroRule: Row = {
  name: "retro",
  what: "retro-funding rule",
  anchor: "published rewards",
  mark: "every reward of M2 to the cent",
  basis: "Optimism Retro Funding, on-chain builders, M2",
  async measure() {
    const files = await readEvidence("impact");
    const { params, providers, evidence } = impactTemplate.plan(files, {});
    const ids = providers.map(({ id }) => id);
    const units = new Map(
      impactTemplate.assess(params, ids, evidence[0]!, 0).map((one) => [one.providerId, one.units]),
    );
    const path = fileURLToPath(new URL("../../oracle/data/impact/M2/onchain__results.json", import.meta.url));
    const published = [...publishedRewards(new Uint8Array(await readFile(path)))];
    const same = published.filter(([id, cents]) => (units.get(id) ?? 0) === (cents ?? 0)).length;
    return { value: `${same} of ${published.length} rewards the same`, passed: same === published.length };
  },
};

/** Whether what buyers value is asked after. */
export const proxyGap: Row = {
  name: "lint",
  what: "proxy gap",
  anchor: "one domain: ρ 0.32–0.58",
  mark: "spec lint: every value-card policy maps to a criterion, every criterion to ≥ 2 source types or a reason",
  basis: "the agreements that come with the project; the linter refuses what misses the mark",
  async measure() {
    const reports = await Promise.all(AGREEMENT_NAMES.map(async (name) => ({ name, ...(await lintFile(name)) })));
    const failed = reports.filter(({ ok }) => !ok);
    return {
      value: `${reports.length - failed.length} of ${reports.length} agreements without errors`,
      passed: failed.length === 0,
      notes: failed.map(({ name }) => `${name} has errors`),
    };
  },
};
