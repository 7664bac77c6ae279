/** A key that cannot be used. Never holds a key, a password or what a signer answered. */
export class SignerError extends Error {
  override readonly name = "SignerError";
}
