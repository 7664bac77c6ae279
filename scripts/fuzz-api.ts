import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { fuzzApi, type FuzzResult, type Violation } from "./fuzz-api/run.ts";

const USAGE = `npm run fuzz:api -- [--requests N] [--seed N]
  sends requests made from the API's own description to a service in this process, and checks each answer
  --requests  how many; 100,000 where not given
  --seed      makes the same requests again; a random one where not given
Exit codes: 0 all answers as described and none of 5xx, 1 others, 2 wrong usage.`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const began = performance.now();
  console.log(`seed ${options.seed}, ${options.requests} requests`);
  const result = await fuzzApi(options);
  for (const line of countLines(result)) console.log(line);
  for (const violation of result.violations) console.error(violationText(violation));
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const { requests, violations } = result;
  console.log(`seed ${options.seed}: ${requests} requests in ${seconds} s, ${violations.length} violation(s)`);
  return violations.length === 0 ? 0 : 1;
}

function readOptions(): { requests: number; seed: number } | null {
  try {
    const { values } = parseArgs({ options: { requests: { type: "string" }, seed: { type: "string" } } });
    const { requests = "100000", seed = String(randomInt(2 ** 31)) } = values;
    const fits = [requests, seed].every((text) => /^\d{1,10}$/.test(text)) && Number(requests) > 0;
    return fits ? { requests: Number(requests), seed: Number(seed) } : null;
  } catch {
    return null;
  }
}

function countLines({ counts }: FuzzResult): string[] {
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([route, statuses]) => {
      const parts = [...statuses].sort(([one], [other]) => one - other).map(([status, n]) => `${status}×${n}`);
      return `${route.padEnd(60)} ${parts.join(" ")}`;
    });
}

function violationText({ request, fault, answer }: Violation): string {
  const { method, url, headers, body } = request;
  const sent = typeof body === "string" ? body.slice(0, 500) : JSON.stringify(body);
  return [
    `violation: ${fault}`,
    `  ${method} ${url}`,
    `  ${JSON.stringify(headers)}`,
    `  ${sent}`,
    `  → ${answer}`,
  ].join("\n");
}
