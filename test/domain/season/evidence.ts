import type { EvidenceFile } from "../../../oracle/domain/templates/template.ts";

/** Four services over two days: three judged, one down throughout, which nobody can judge. */
export function summaryFile(): EvidenceFile {
  const services = [
    service("api", { "2026-08-01": 7, "2026-08-02": 30 }),
    service("site", { "2026-08-02": 0 }),
    service("search", { "2026-08-01": 120 }),
    service("chat", { "2026-08-01": 1440, "2026-08-02": 1440 }),
  ];
  return file("summary.json", "application/json", JSON.stringify(services));
}

/** Eleven engines, so three fleets; engine n flies 100 cycles less nine for each engine before it. */
export function telemetryFile(): EvidenceFile {
  const rows = Array.from({ length: 11 }, (_, i) =>
    Array.from({ length: 100 - 9 * i }, (_, cycle) => `${i + 1},${cycle + 1}`),
  );
  return file("telemetry.csv", "text/csv", `${["engine,cycle", ...rows.flat()].join("\n")}\n`);
}

function service(slug: string, dailyMinutesDown: Record<string, number>): object {
  return { name: `Dienst ${slug} ü`, slug, uptimeYear: "99.00%", dailyMinutesDown };
}

function file(name: string, mediaType: EvidenceFile["mediaType"], text: string): EvidenceFile {
  return { name, mediaType, bytes: new TextEncoder().encode(text) };
}
