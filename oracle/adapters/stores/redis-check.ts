import type { Redis } from "ioredis";
import { StoreUnavailable } from "../../ports.ts";

/**
 * The least a server must do before it acknowledges: write to disk at each commit (`always`), at least once a second (`everysec`),
 * or nothing at all (`none`: what was acknowledged may be lost at any time).
 */
export type Durability = "always" | "everysec" | "none";

/**
 * Whether a server keeps what a store promises.
 * @throws StoreUnavailable naming the setting, its value and what is needed
 */
export async function checkServer(client: Redis, durability: Durability): Promise<void> {
  const role = await client.role();
  if (role[0] !== "master") throw new StoreUnavailable("Redis: this server is a replica; a store needs the master");
  if (durability === "none") return;
  const settings = await settingsOf(client);
  const fault = faultOf(settings, durability);
  if (fault !== null) throw new StoreUnavailable(`Redis: ${fault}`);
}

/** What is wrong with a server's settings, `null` where nothing is. */
export function faultOf(settings: ReadonlyMap<string, string>, durability: "always" | "everysec"): string | null {
  const needs: readonly (readonly [setting: string, allowed: readonly string[]])[] = [
    ["maxmemory-policy", ["noeviction"]],
    ["appendonly", ["yes"]],
    ["appendfsync", durability === "always" ? ["always"] : ["always", "everysec"]],
    // While the log is rewritten, "yes" would suspend what `appendfsync` promises.
    ...(durability === "always" ? ([["no-appendfsync-on-rewrite", ["no"]]] as const) : []),
  ];
  const wrong = needs.find(([setting, allowed]) => !allowed.includes(settings.get(setting) ?? ""));
  if (wrong === undefined) return null;
  const [setting, allowed] = wrong;
  return `setting ${setting} is ${settings.get(setting) ?? "unknown"}; expected ${allowed.join(" or ")}`;
}

async function settingsOf(client: Redis): Promise<Map<string, string>> {
  const answers = await Promise.all(
    ["maxmemory-policy", "appendonly", "appendfsync", "no-appendfsync-on-rewrite"].map((name) =>
      client.config("GET", name),
    ),
  );
  return new Map(answers.filter((answer) => answer.length === 2).map(([name, value]) => [name!, value!]));
}
