import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { createSiweMessage, type SiweMessage } from "viem/siwe";
import { MAX_AGE, STATEMENT } from "../../../oracle/roles/access/siwe.ts";
import { CHAIN_ID, json, PUBLIC_URL, type TestApi } from "./api.ts";

/** The n-th account of a test. */
export function signer(number: number): PrivateKeyAccount {
  return privateKeyToAccount(`0x${number.toString(16).padStart(64, "0")}`);
}

export async function freshNonce(api: TestApi): Promise<string> {
  const response = await api.ask("/v1/sign-in/nonce", { method: "POST" });
  return ((await response.json()) as { nonce: string }).nonce;
}

/** The fields of a message that is in order. */
export function siweFields(api: TestApi, account: PrivateKeyAccount, nonce: string): SiweMessage {
  return {
    address: account.address,
    chainId: CHAIN_ID,
    domain: new URL(PUBLIC_URL).host,
    nonce,
    uri: `${PUBLIC_URL}/`,
    version: "1",
    statement: STATEMENT,
    issuedAt: new Date(api.now()),
    expirationTime: new Date(api.now() + MAX_AGE),
  };
}

/** Signs in and gives the session's token. */
export async function signedIn(api: TestApi, account: PrivateKeyAccount): Promise<string> {
  const { expirationTime: _, ...fields } = siweFields(api, account, await freshNonce(api));
  const message = createSiweMessage(fields);
  const response = await api.ask("/v1/sign-in", json({ message, signature: await account.signMessage({ message }) }));
  const body = (await response.json()) as { token: string };
  if (response.status !== 200) throw new Error(`not signed in: ${JSON.stringify(body)}`);
  return body.token;
}
