/**
 * Splits a whole into whole parts in proportion to shares: everybody gets `least`, the rest goes by the method of largest remainders
 * (Hamilton), at equal remainders to whoever stands first. Equal parts where all shares are 0. The parts add up exactly.
 * @param shares whole, 0 or more, at least one
 * @param total whole, at least `least` for each
 * @throws RangeError where there is no share or too little to split
 */
export function apportion(shares: readonly bigint[], total: number, least = 0): number[] {
  const rest = BigInt(total - least * shares.length);
  if (shares.length === 0 || rest < 0n) throw new RangeError(`${total} cannot be split into ${shares.length} parts`);
  const sum = shares.reduce((all, share) => all + share, 0n);
  const counted = sum === 0n ? shares.map(() => 1n) : shares;
  const whole = sum === 0n ? BigInt(shares.length) : sum;
  const parts = counted.map((share) => ({ floor: (rest * share) / whole, remainder: (rest * share) % whole }));
  const left = Number(rest - parts.reduce((all, { floor }) => all + floor, 0n));
  const byRemainder = parts
    .map(({ remainder }, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const lucky = new Set(byRemainder.slice(0, left).map(({ index }) => index));
  return parts.map(({ floor }, index) => least + Number(floor) + (lucky.has(index) ? 1 : 0));
}
