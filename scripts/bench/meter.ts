import {
  encodeFunctionData,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  type Hex,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import type { Scenario } from "./scenario.ts";

type Abi = typeof outcomePoolAbi;
type Action = ContractFunctionName<Abi, "nonpayable">;

/** Calls a scenario's pool and remembers the dearest call. */
export interface Meter {
  readonly scenario: Scenario;
  /** Gas of one call of the pool. */
  call<F extends Action>(
    from: PrivateKeyAccount,
    functionName: F,
    args: ContractFunctionArgs<Abi, "nonpayable", F>,
  ): Promise<number>;
  /** Gas of one call of the pool whose calldata was made elsewhere. */
  send(from: PrivateKeyAccount, data: Hex): Promise<number>;
  /** Gas of the dearest call so far, those that made and filled the pool included. */
  largest(): number;
}

export function makeMeter(scenario: Scenario): Meter {
  let largest = Math.max(scenario.made.create, ...scenario.made.enrol);
  const send = async (from: PrivateKeyAccount, data: Hex): Promise<number> => {
    const gas = await scenario.chain.send({ from, to: scenario.pool, data });
    largest = Math.max(largest, gas);
    return gas;
  };
  return {
    scenario,
    send,
    largest: () => largest,
    call: (from, functionName, args) => {
      // Name and arguments belong together by the signature above; viem's own type asks for one name at a time.
      const call = { abi: outcomePoolAbi, functionName, args } as unknown as EncodeFunctionDataParameters<Abi>;
      return send(from, encodeFunctionData(call));
    },
  };
}
