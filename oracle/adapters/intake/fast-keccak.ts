import type { Keccak } from "../../domain/keccak.ts";

/** Bytes taken in per block, and where in the module's memory things are. */
const RATE = 136;
const STATE = 0;
const CONSTANTS = 256;
const INPUT = 512;
const MOST_BLOCKS = 448;

const ROUND_CONSTANTS = [
  0x0000000000000001n,
  0x0000000000008082n,
  0x800000000000808an,
  0x8000000080008000n,
  0x000000000000808bn,
  0x0000000080000001n,
  0x8000000080008081n,
  0x8000000000008009n,
  0x000000000000008an,
  0x0000000000000088n,
  0x0000000080008009n,
  0x000000008000000an,
  0x000000008000808bn,
  0x800000000000008bn,
  0x8000000000008089n,
  0x8000000000008003n,
  0x8000000000008002n,
  0x8000000000000080n,
  0x000000000000800an,
  0x800000008000000an,
  0x8000000080008081n,
  0x8000000000008080n,
  0x0000000080000001n,
  0x8000000080008008n,
];

/** Rotations of lane x + 5y. */
const ROTATIONS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/**
 * Keccak-256 in WebAssembly, whose 64-bit rotations make it some twenty times as fast as JavaScript. The module is assembled here,
 * from the definition of the permutation.
 */
export function fastKeccak(): Keccak {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { memory, absorb } = instance.exports as unknown as {
    memory: WebAssembly.Memory;
    absorb: (blocks: number) => void;
  };
  const bytes = new Uint8Array(memory.buffer);
  const constants = new BigUint64Array(memory.buffer, CONSTANTS, ROUND_CONSTANTS.length);
  constants.set(ROUND_CONSTANTS);
  return (message) => {
    bytes.fill(0, STATE, STATE + 200);
    let at = 0;
    for (; message.length - at >= RATE;) {
      const blocks = Math.min(MOST_BLOCKS, Math.floor((message.length - at) / RATE));
      bytes.set(message.subarray(at, at + blocks * RATE), INPUT);
      absorb(blocks);
      at += blocks * RATE;
    }
    const rest = message.length - at;
    bytes.fill(0, INPUT + rest, INPUT + RATE);
    bytes.set(message.subarray(at), INPUT);
    bytes[INPUT + rest]! ^= 0x01;
    bytes[INPUT + RATE - 1]! ^= 0x80;
    absorb(1);
    return bytes.slice(STATE, STATE + 32);
  };
}

/** Opcodes that are used. */
const OP = { loop: 0x03, end: 0x0b, brIf: 0x0d, get: 0x20, set: 0x21, tee: 0x22, load: 0x29, store: 0x37 } as const;
const MATH = {
  const32: 0x41,
  const64: 0x42,
  add: 0x6a,
  sub: 0x6b,
  less: 0x49,
  and: 0x83,
  xor: 0x85,
  rotl: 0x89,
} as const;
const NO_RESULT = 0x40;
const I32 = 0x7f;
const I64 = 0x7e;

/** Locals: how many blocks, where in the input, which round (times 8), lanes before and after a round's moves, columns. */
const BLOCKS = 0;
const AT = 1;
const ROUND = 2;
const lane = (i: number): number => 3 + i;
const moved = (i: number): number => 28 + i;
const column = (x: number): number => 53 + (x % 5);

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = absorbCode();
  const locals = [2, ...unsigned(2), I32, ...unsigned(55), I64];
  const body = [...locals, ...code, OP.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("absorb"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** For every block: lanes xor input, then 24 rounds. */
function absorbCode(): number[] {
  const lanes = range(25);
  const loads = lanes.flatMap((i) => [MATH.const32, 0, ...load(STATE + 8 * i), OP.set, lane(i)]);
  const stores = lanes.flatMap((i) => [MATH.const32, 0, OP.get, lane(i), OP.store, 3, ...unsigned(STATE + 8 * i)]);
  const input = range(RATE / 8).flatMap((i) => [
    ...[OP.get, lane(i), OP.get, AT, ...load(INPUT + 8 * i)],
    ...[MATH.xor, OP.set, lane(i)],
  ]);
  const nextRound = [OP.get, ROUND, MATH.const32, 8, MATH.add, OP.tee, ROUND, MATH.const32, ...signed(192), MATH.less];
  const rounds = [MATH.const32, 0, OP.set, ROUND, OP.loop, NO_RESULT, ...roundCode(), ...nextRound, OP.brIf, 0, OP.end];
  const advance = [OP.get, AT, MATH.const32, ...signed(RATE), MATH.add, OP.set, AT];
  const nextBlock = [...advance, OP.get, BLOCKS, MATH.const32, 1, MATH.sub, OP.tee, BLOCKS];
  return [...loads, OP.loop, NO_RESULT, ...input, ...rounds, ...nextBlock, OP.brIf, 0, OP.end, ...stores];
}

/** θ, ρ and π, χ, ι, by their names in FIPS 202. */
function roundCode(): number[] {
  const columns = range(5).flatMap((x) => [
    ...[OP.get, lane(x)],
    ...[5, 10, 15, 20].flatMap((y) => [OP.get, lane(x + y), MATH.xor]),
    ...[OP.set, column(x)],
  ]);
  const moves = range(25).flatMap((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    const theta = [OP.get, column(x + 4), OP.get, column(x + 1), MATH.const64, 1, MATH.rotl, MATH.xor];
    const target = y + 5 * ((2 * x + 3 * y) % 5);
    const rotated = [...theta, OP.get, lane(i), MATH.xor, MATH.const64, ...signed(ROTATIONS[i]!), MATH.rotl];
    return [...rotated, OP.set, moved(target)];
  });
  const chi = range(25).flatMap((i) => {
    const row = i - (i % 5);
    const [next, after] = [row + ((i + 1) % 5), row + ((i + 2) % 5)];
    const rest = [OP.get, moved(next), MATH.const64, ...signed(-1), MATH.xor, OP.get, moved(after), MATH.and];
    return [OP.get, moved(i), ...rest, MATH.xor, OP.set, lane(i)];
  });
  const iota = [OP.get, lane(0), OP.get, ROUND, ...load(CONSTANTS), MATH.xor, OP.set, lane(0)];
  return [...columns, ...moves, ...chi, ...iota];
}

function load(offset: number): number[] {
  return [OP.load, 3, ...unsigned(offset)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...[...text].map((character) => character.charCodeAt(0))];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
