import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Committed, Entry } from "../../ports.ts";
import type { Range } from "./keys.ts";
import { LOGS, type Plan } from "./plan.ts";

/** A script and the name Redis knows it by. */
interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** Where things stand in Redis: values under `values` + key, all keys in a sorted set, and a key that is only written to. */
export interface Names {
  readonly values: string;
  readonly index: string;
  readonly fence: string;
}

/** The braces keep all keys of a store in one slot of a cluster, which a script needs. */
export function namesOf(prefix: string): Names {
  return { values: `{${prefix}}:value:`, index: `{${prefix}}:keys`, fence: `{${prefix}}:fence` };
}

/**
 * Batches one after the other, each whole or not at all: all its conditions are looked at before anything is changed. Redis refuses
 * a script for want of memory or disk at its first write or not at all, so nothing fails between two changes.
 */
const COMMIT = script(`
local values, index, fence = KEYS[1], KEYS[2], KEYS[3]
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function number() return tonumber(take()) end
local function pairs_of(count)
  local list = {}
  for i = 1, count do
    local key, has, value = take(), take(), take()
    list[i] = { key, has == '1' and value or false }
  end
  return list
end
local function put(key, value)
  redis.call('SET', values .. key, value)
  redis.call('ZADD', index, 0, key)
end
local function batch()
  local expect, puts, appends = pairs_of(number()), pairs_of(number()), pairs_of(number())
  for _, pair in ipairs(expect) do
    if redis.call('GET', values .. pair[1]) ~= pair[2] then return { 0 } end
  end
  for _, pair in ipairs(puts) do
    if pair[2] then put(pair[1], pair[2]) else
      redis.call('DEL', values .. pair[1])
      redis.call('ZREM', index, pair[1])
    end
  end
  local answer = { 1 }
  for _, pair in ipairs(appends) do
    local count = '${LOGS}' .. pair[1]
    local place = redis.call('INCR', values .. count)
    if place == 1 then redis.call('ZADD', index, 0, count) end
    put(string.format('%s/%016d', pair[1], place), pair[2])
    answer[#answer + 1] = place
  end
  return answer
end
local fenced, answers = take(), {}
for i = 1, number() do answers[i] = batch() end
if fenced == '1' then redis.call('SET', fence, '') end
return answers
`);

/** Keys of a range with their values, as they stand at one moment. */
const LIST = script(`
local order, first, last, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local keys
if order == 'reverse' then
  keys = redis.call('ZRANGE', KEYS[2], last, first, 'BYLEX', 'REV', 'LIMIT', 0, limit)
else
  keys = redis.call('ZRANGE', KEYS[2], first, last, 'BYLEX', 'LIMIT', 0, limit)
end
local answer = {}
for i, key in ipairs(keys) do answer[i] = { key, redis.call('GET', KEYS[1] .. key) } end
return answer
`);

/**
 * Makes batches in one go. Where copies are waited for, both commands leave on the same connection in the same turn: a `WAIT` on
 * another connection would wait for nothing.
 * @param replicas how many replicas must have acknowledged; 0 to wait for none
 * @returns what became of each batch, and how many replicas acknowledged
 */
export async function commitAll(
  client: Redis,
  names: Names,
  plans: readonly Plan[],
  replicas: number,
  waitMs: number,
): Promise<{ committed: Committed[]; acknowledged: number }> {
  // A batch of nothing is a probe: it must write as well.
  const fenced = replicas > 0 || plans.some(({ weight }) => weight === 0);
  const args = [fenced ? "1" : "0", String(plans.length), ...plans.flatMap(argsOf)];
  const send = (how: "evalsha" | "eval") =>
    Promise.all([run(client, how, COMMIT, names, args), replicas > 0 ? client.wait(replicas, waitMs) : 0]);
  const [answers, acknowledged] = await orWhole(send);
  return { committed: (answers as number[][]).map(committedOf), acknowledged };
}

/** Entries of a range. */
export async function listAll(client: Redis, names: Names, range: Range): Promise<Entry[]> {
  const { from, included, until, reverse, limit } = range;
  const args = [reverse ? "reverse" : "forward", `${included ? "[" : "("}${from}`, `(${until}`, String(limit)];
  const answer = await orWhole((how) => run(client, how, LIST, names, args));
  return (answer as [string, string][]).map(([key, value]) => ({ key, value }));
}

function script(lua: string): Script {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/** Redis forgets scripts at a restart; one it does not know it has not run, so it may be sent again whole. */
async function orWhole<Answer>(send: (how: "evalsha" | "eval") => Promise<Answer>): Promise<Answer> {
  try {
    return await send("evalsha");
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOSCRIPT")) return send("eval");
    throw error;
  }
}

function run(
  client: Redis,
  how: "evalsha" | "eval",
  { lua, sha }: Script,
  { values, index, fence }: Names,
  args: readonly string[],
): Promise<unknown> {
  return how === "evalsha"
    ? client.evalsha(sha, 3, values, index, fence, ...args)
    : client.eval(lua, 3, values, index, fence, ...args);
}

function argsOf({ expect, put, append }: Plan): string[] {
  return [
    ...triples(expect),
    ...triples(put),
    ...triples(append.map(({ log, value }): readonly [string, string] => [log, value])),
  ];
}

function triples(list: readonly (readonly [string, string | null])[]): string[] {
  return [String(list.length), ...list.flatMap(([key, value]) => [key, value === null ? "0" : "1", value ?? ""])];
}

function committedOf([made, ...places]: readonly number[]): Committed {
  return made === 1 ? { ok: true, places } : { ok: false };
}
