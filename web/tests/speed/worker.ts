/** Seals a stream of bytes with typage, and throws it away. */
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

const MIB = 1024 * 1024;

/** What of a dedicated worker's scope is used. */
interface Scope {
  postMessage(seconds: number): void;
  onmessage: ((event: MessageEvent<number>) => void) | null;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: mebibytes }) => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await generateHybridIdentity()));
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  let left = mebibytes * (MIB / block.length);
  const plain = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left === 0) controller.close();
      else controller.enqueue(block.slice());
      left -= 1;
    },
  });
  const began = performance.now();
  const sealed = (await encrypter.encrypt(plain)).getReader();
  while (!(await sealed.read()).done);
  scope.postMessage((performance.now() - began) / 1000);
};
