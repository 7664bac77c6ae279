import { parseAbiItem, type Address, type GetLogsReturnType, type PublicClient } from "viem";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import type { LedgerEntry, LedgerEvent } from "../../domain/chain-export.ts";
import { inBatches, lower } from "./pool-reader.ts";
import { inRange, type Range } from "./ranges.ts";

/** How many blocks are asked for at the same time. */
const BLOCK_BATCH = 50;

const RULINGS = ["uphold", "replace", "void"] as const;
const POOL_EVENTS = outcomePoolAbi.filter((item) => item.type === "event");
const TRANSFER = parseAbiItem("event Transfer(address indexed from, address indexed to, uint256 value)");

type PoolLog = GetLogsReturnType<undefined, typeof POOL_EVENTS, true>[number];

/** A log that is not in its ledger form yet. */
interface Found {
  readonly blockNumber: bigint;
  readonly transactionHash: `0x${string}`;
  readonly logIndex: number;
  readonly event: LedgerEvent;
}

/** All events of a pool and all transfers of its token from or to it, up to a block, in the order of the chain. */
export async function readLedger(
  client: PublicClient,
  pool: Address,
  token: Address,
  head: bigint,
): Promise<LedgerEntry[]> {
  const found = [
    ...(await inRange(0n, head, (range) => poolEvents(client, pool, range))),
    ...(await inRange(0n, head, (range) => transfers(client, token, { from: pool }, range))),
    ...(await inRange(0n, head, (range) => transfers(client, token, { to: pool }, range))),
  ];
  const times = await blockTimes(client, [...new Set(found.map(({ blockNumber }) => blockNumber))]);
  const entries = new Map(found.map((log) => [`${log.blockNumber}:${log.logIndex}`, entryOf(log, times)]));
  return [...entries.values()].sort((a, b) => a.block - b.block || a.log - b.log);
}

async function poolEvents(client: PublicClient, address: Address, range: Range): Promise<Found[]> {
  const logs = await client.getLogs({ address, events: POOL_EVENTS, strict: true, ...range });
  return logs.flatMap((log) => {
    const event = poolEvent(log);
    return event === null ? [] : [{ ...log, event }];
  });
}

async function transfers(
  client: PublicClient,
  address: Address,
  args: { from: Address } | { to: Address },
  range: Range,
): Promise<Found[]> {
  const logs = await client.getLogs({ address, event: TRANSFER, args, strict: true, ...range });
  return logs.map((log) => {
    const { from, to, value } = log.args;
    return { ...log, event: { name: "Transfer", from: lower(from), to: lower(to), amount: String(value) } };
  });
}

async function blockTimes(client: PublicClient, numbers: readonly bigint[]): Promise<Map<bigint, number>> {
  const pairs = await inBatches(numbers, BLOCK_BATCH, (batch) =>
    Promise.all(
      batch.map(async (blockNumber) => {
        const { timestamp } = await client.getBlock({ blockNumber });
        return [blockNumber, Number(timestamp)] as const;
      }),
    ),
  );
  return new Map(pairs);
}

function entryOf(log: Found, times: ReadonlyMap<bigint, number>): LedgerEntry {
  const { blockNumber, transactionHash, logIndex, event } = log;
  return { block: Number(blockNumber), time: times.get(blockNumber)!, tx: transactionHash, log: logIndex, event };
}

/** An event in its ledger form; null for one that says nothing of the pool's state. */
function poolEvent({ eventName: name, args }: PoolLog): LedgerEvent | null {
  switch (name) {
    case "Enrolled": {
      const { firstIndex, count, totalWeight, list } = args;
      return {
        name,
        firstIndex: Number(firstIndex),
        count: Number(count),
        totalWeight: String(totalWeight),
        list: lower(list),
      };
    }
    case "Funded":
    case "Refunded":
      return { name, round: args.round, buyer: lower(args.buyer), amount: String(args.amount) };
    case "Withdrawn":
      return { name, round: args.round, buyer: lower(args.buyer), to: lower(args.to), amount: String(args.amount) };
    case "Assessed":
      return { name, round: args.round, evidenceRoot: args.evidenceRoot, scores: lower(args.scores) };
    case "Challenged":
      return { name, round: args.round, challenger: lower(args.challenger), reason: args.reason };
    case "Ruled": {
      const { round, ruling, evidenceRoot, scores } = args;
      return { name, round, ruling: RULINGS[ruling]!, evidenceRoot, scores: lower(scores) };
    }
    case "Claimed":
      return { name, round: args.round, index: Number(args.index) };
    case "Distributed": {
      const { round, from, count, skipped } = args;
      return { name, round, from: Number(from), count: Number(count), skipped: skipped.map(Number) };
    }
    case "FeePaid":
    case "ArbiterPaid":
      return { name, round: args.round, amount: String(args.amount) };
    case "BondPaid":
      return { name, round: args.round, challenger: lower(args.challenger), amount: String(args.amount) };
    default:
      return null;
  }
}
