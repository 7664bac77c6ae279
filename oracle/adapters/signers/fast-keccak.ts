/**
 * Keccak-256 by WebAssembly: several times as fast as the one in JavaScript, which takes more of the time of a signature than the
 * curve does. The module is written here, instruction by instruction, from the definition of Keccak-f[1600] (FIPS 202).
 */

const LANES = 25;
const ROUNDS = 24;
const RATE = 136;
/** Where the round constants lie in memory, behind the state. */
const CONSTANTS = LANES * 8;

// Local variables of the function: the lanes before and after a step, column parities, one more word, and the round's offset.
const [A, B, C, D, AT] = [0, LANES, 2 * LANES, 2 * LANES + 5, 2 * LANES + 6];

/** Instructions, as far as they are used. */
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const i32 = (value: number): number[] => [0x41, ...signed(value)];
const load = (offset: number): number[] => [0x29, 0x03, ...unsigned(offset)];
const store = (offset: number): number[] => [0x37, 0x03, ...unsigned(offset)];
const rotl = (by: number): number[] => (by === 0 ? [] : [0x42, ...signed(by), 0x89]);
const [XOR, AND, I32_ADD, I32_LESS] = [0x85, 0x83, 0x6a, 0x49];
const NOT = [0x42, 0x7f, XOR];

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >> 7)];
}

function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const five = [0, 1, 2, 3, 4] as const;
const squares = five.flatMap((y) => five.map((x) => ({ x, y })));
const lane = (x: number, y: number): number => (x % 5) + 5 * (y % 5);

/** How far each lane is turned: (t + 1)(t + 2) / 2 along the walk (x, y) → (y, 2x + 3y) from (1, 0). */
function turns(): number[] {
  const by = new Array<number>(LANES).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    by[lane(x, y)] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return by;
}

/** Round constants: bits at 2^j − 1 from the register with the polynomial x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): bigint[] {
  let register = 1;
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0n; j < 7n; j++) {
      if ((register & 1) === 1) constant |= 1n << ((1n << j) - 1n);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
    return constant;
  });
}

function oneRound(): number[] {
  const by = turns();
  const parities = five.flatMap((x) => [
    ...get(A + x),
    ...[1, 2, 3, 4].flatMap((y) => [...get(A + lane(x, y)), XOR]),
    ...set(C + x),
  ]);
  const theta = five.flatMap((x) => [
    ...[...get(C + ((x + 4) % 5)), ...get(C + ((x + 1) % 5)), ...rotl(1), XOR, ...set(D)],
    ...five.flatMap((y) => [...get(A + lane(x, y)), ...get(D), XOR, ...set(A + lane(x, y))]),
  ]);
  const rhoPi = squares.flatMap(({ x, y }) => [
    ...[...get(A + lane(x, y)), ...rotl(by[lane(x, y)]!), ...set(B + lane(y, 2 * x + 3 * y))],
  ]);
  const chi = squares.flatMap(({ x, y }) => [
    ...[...get(B + lane(x + 1, y)), ...NOT, ...get(B + lane(x + 2, y)), AND],
    ...[...get(B + lane(x, y)), XOR, ...set(A + lane(x, y))],
  ]);
  const iota = [...get(A), ...get(AT), ...load(CONSTANTS), XOR, ...set(A)];
  return [...parities, ...theta, ...rhoPi, ...chi, ...iota];
}

function permutation(): number[] {
  const lanes = Array.from({ length: LANES }, (_, i) => i);
  const next = [...get(AT), ...i32(8), I32_ADD, 0x22, AT, ...i32(8 * ROUNDS), I32_LESS, 0x0d, 0];
  const body = [
    ...lanes.flatMap((i) => [...i32(0), ...load(8 * i), ...set(A + i)]),
    ...[0x03, 0x40, ...oneRound(), ...next, 0x0b],
    ...lanes.flatMap((i) => [...i32(0), ...get(A + i), ...store(8 * i)]),
    0x0b,
  ];
  // 56 words of 64 bits and one of 32.
  return [2, D + 1, 0x7e, 1, 0x7f, ...body];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
  const code = permutation();
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function start(): { readonly state: Uint8Array; readonly permute: () => void } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const memory = (exports["m"] as WebAssembly.Memory).buffer;
  const constants = new DataView(memory, CONSTANTS);
  roundConstants().forEach((constant, i) => constants.setBigUint64(8 * i, constant, true));
  return { state: new Uint8Array(memory, 0, 8 * LANES), permute: exports["f"] as () => void };
}

const { state, permute } = start();

/** Keccak-256 of bytes; equal to viem's `keccak256(bytes, "bytes")`. */
export function fastKeccak(bytes: Uint8Array): Uint8Array {
  state.fill(0);
  let from = 0;
  for (; bytes.length - from >= RATE; from += RATE) {
    for (let i = 0; i < RATE; i++) state[i]! ^= bytes[from + i]!;
    permute();
  }
  for (let i = from; i < bytes.length; i++) state[i - from]! ^= bytes[i]!;
  state[bytes.length - from]! ^= 0x01;
  state[RATE - 1]! ^= 0x80;
  permute();
  return state.slice(0, 32);
}
