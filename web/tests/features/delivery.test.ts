/** Documents on their way, whatever becomes of the call meanwhile. */
import { describe, expect, it } from "vitest";
import type { OpenedPart } from "../../src/features/consult/call.ts";
import { CannotSignTwice } from "../../src/features/desk/device.ts";
import type { GuestModel } from "../../src/features/guest/guest.ts";
import { settle } from "./world/clock.ts";
import { type Consult, deskCall, knocked, secure, talking } from "./world/consults.ts";

const author = { name: "Dr Camille Démo", profession: "Médecin" };
const parts = [{ name: "a.pdf", media: "application/pdf", bytes: new Uint8Array([1, 2, 3]) }];
const send = async ({ desk }: Consult): Promise<void> =>
  await deskCall(desk)?.sendDocument("file", author, null, parts);
const sent = ({ desk }: Consult) => deskCall(desk)?.documents.value[0]?.state;
const received = (guest: GuestModel) =>
  guest.call.value?.documents.value.map(({ state }) => state) ?? [];
/** The practice has its mailbox from the first; the patient's is the other. */
const boxes = ({ world }: Consult): number => world.relay.mailboxes.boxes.size;
const addressed = async (): Promise<Consult> => {
  const consult = await talking();
  const { world } = consult;
  await world.clock.until(() => boxes(consult) === 2);
  await world.clock.advance(2_000);
  return consult;
};

/** Sends a document whose parts are still being made: `made` gives them. */
function sendUnmade({ desk }: Consult) {
  let made = (_: readonly OpenedPart[]): void => undefined;
  const making = new Promise<readonly OpenedPart[]>((done) => {
    made = done;
  });
  return { sending: deskCall(desk)?.sendDocument("file", author, null, making), made };
}

/** Holds every letter back; the returned function puts them where they belong. */
function withhold({ world }: Consult): () => void {
  const { mailboxes } = world.relay;
  const [held, append] = [[] as [string, Uint8Array][], mailboxes.append];
  mailboxes.append = (id, letter) => void held.push([id, letter]);
  return () => {
    mailboxes.append = append;
    for (const [id, letter] of held) mailboxes.append(id, letter);
  };
}

const sendBack = async ({ world, desk, guest }: Consult): Promise<void> => {
  desk.current.value?.sendBack(desk.current.value.calls.value[0]?.peer ?? 0);
  await world.clock.until(() => guest.phase.value === "held" && desk.waiting.value.length === 1);
};

const admit = async (consult: Consult): Promise<void> => {
  const { world, desk } = consult;
  await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
  await world.clock.until(() => secure(consult));
};

describe("a document of somebody who signs twice", () => {
  it("is shown as such, and needs both signatures", async () => {
    const consult = await talking({ twice: true });
    const { world, desk, guest } = consult;
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    expect(desk.problem.value).toBeNull();
    expect(guest.call.value?.documents.value[0]?.document.value?.twice).toBe(true);
  });

  it("is not sent by a device that cannot, which says so when it opens", async () => {
    const consult = await talking({ twice: true });
    const { world, guest } = consult;
    const doctors = world.doctorsBrowser;
    const vault = await doctors.vaults().open("desk");
    await vault.erase("second");
    await expect(send(consult)).rejects.toBeInstanceOf(CannotSignTwice);
    expect(received(guest)).toEqual([]);
    const { desk } = world.doctor("", doctors);
    await world.clock.until(() => desk.problem.value !== null);
    expect(desk.problem.value?.key).toBe("cannot_sign_twice");
  });
});

describe("the mailbox of a patient", () => {
  it("is made once, with what the doctor paid, and is emptied", async () => {
    const consult = await talking();
    const { world, guest } = consult;
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    expect(received(guest)).toEqual(["verified"]);
    // The practice's own, and the patient's.
    const boxes = [...world.relay.mailboxes.boxes.values()];
    expect(boxes).toHaveLength(2);
    await world.clock.until(() => boxes.every(({ letters }) => letters.length === 0));
    await world.clock.advance(20_000);
    // One is always ready for the next patient.
    const mailboxes = [...world.vouchers.known.values()].filter(({ bytes }) => bytes === 2 ** 20);
    expect(mailboxes).toHaveLength(3);
  });

  it("whose voucher is good for nothing is made with the next one", async () => {
    const consult = await knocked();
    const { world, guest } = consult;
    await world.clock.until(() => boxes(consult) === 1);
    world.relay.mailboxes.refused = "bad_voucher";
    await admit(consult);
    await world.clock.advance(60_000);
    expect(boxes(consult)).toBe(1);
    world.relay.mailboxes.refused = "";
    await world.clock.advance(60_000);
    expect(boxes(consult)).toBe(1);
    await sendBack(consult);
    await admit(consult);
    await world.clock.until(() => boxes(consult) === 2);
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    expect(received(guest)).toEqual(["verified"]);
  });

  it("keeps what came while the page was closed", async () => {
    const consult = await talking();
    const { world, desk, guestBrowser } = consult;
    const withheld: Uint8Array[] = [];
    world.relay.mailboxes.tamper = (letter) => {
      withheld.push(letter);
      return [];
    };
    await send(consult);
    await world.clock.until(() => sent(consult) === "sent");
    await world.clock.advance(20_000);
    // A server that withholds it is seen: it is not said to be delivered.
    expect(sent(consult)).toBe("sent");
    world.relay.mailboxes.tamper = (letter) => [letter];
    for (const box of world.relay.mailboxes.boxes.values()) {
      box.last += 1;
      for (const bytes of withheld) box.letters.push({ sequence: box.last, bytes });
    }
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => received(again)[0] === "verified", 8000);
    await world.clock.until(() => deskCall(desk)?.documents.value[0]?.state === "verified");
  });

  it("shows once what the server shows twice, and nothing that was altered", async () => {
    const consult = await talking();
    const { world, guest } = consult;
    world.relay.mailboxes.tamper = (letter) => {
      const altered = letter.slice();
      altered[letter.length - 1] = (letter.at(-1) ?? 0) ^ 1;
      return [altered, letter, letter.slice(0, 40), letter];
    };
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    await world.clock.advance(20_000);
    expect(received(guest)).toEqual(["verified"]);
  });

  it("is read to the end when the doctor ends the consult, and is gone then", async () => {
    const consult = await talking();
    const { world, desk, guest } = consult;
    await send(consult);
    await desk.current.value?.end();
    await world.clock.until(() => guest.phase.value === "ended");
    await world.clock.until(() => received(guest)[0] === "verified");
    await world.clock.until(() => world.relay.mailboxes.boxes.size === 1);
  });
});

describe("a document for a patient who waits again", () => {
  it("is taken while nobody is in a call, and the doctor learns of it", async () => {
    const consult = await addressed();
    const { world, guest } = consult;
    const release = withhold(consult);
    await send(consult);
    await world.clock.until(() => sent(consult) === "sent");
    await sendBack(consult);
    release();
    await world.clock.until(() => received(guest)[0] === "verified");
    await admit(consult);
    await world.clock.until(() => sent(consult) === "verified");
    expect(received(guest)).toEqual(["verified"]);
  });

  it("is sent even if it was still being made then", async () => {
    const consult = await addressed();
    const { world, guest } = consult;
    const { sending, made } = sendUnmade(consult);
    await sendBack(consult);
    made(parts);
    await sending;
    await world.clock.until(() => received(guest)[0] === "verified");
    await admit(consult);
    await world.clock.until(() => sent(consult) === "verified");
  });

  it("is kept over a reload in the waiting room", async () => {
    const consult = await addressed();
    const { world, desk, guestBrowser } = consult;
    const release = withhold(consult);
    await send(consult);
    await world.clock.until(() => sent(consult) === "sent");
    await sendBack(consult);
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.connection.value === "open");
    release();
    await world.clock.advance(2_000);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => received(again)[0] === "verified");
    await world.clock.until(() => sent(consult) === "verified");
  });
});

describe("a consult that ends", () => {
  it("waits for a document that is still being made", async () => {
    const consult = await addressed();
    const { world, desk, guest } = consult;
    const { sending, made } = sendUnmade(consult);
    const ending = desk.current.value?.end();
    await world.clock.advance(1_000);
    expect(guest.phase.value).toBe("consult");
    made(parts);
    await sending;
    await ending;
    await world.clock.until(() => guest.phase.value === "ended");
    await world.clock.until(() => received(guest)[0] === "verified");
  });

  it("says that a document has not gone out, and ends when asked once more", async () => {
    const consult = await addressed();
    const { world, desk, guest } = consult;
    const never = new Promise<readonly OpenedPart[]>(() => undefined);
    void deskCall(desk)?.sendDocument("file", author, null, never);
    let asked = false;
    void desk.current.value?.end().then(() => {
      asked = true;
    });
    await world.clock.until(() => asked);
    expect(desk.current.value?.problem.value?.key).toBe("document_unsent");
    expect(guest.phase.value).toBe("consult");
    void desk.current.value?.end();
    await world.clock.until(() => guest.phase.value === "ended");
  });

  it("while the patient's page was closed leaves them what was sent", async () => {
    const consult = await addressed();
    const { world, desk, guestPage, guestBrowser } = consult;
    const link = guestPage.fragment;
    const release = withhold(consult);
    await send(consult);
    await world.clock.until(() => sent(consult) === "sent");
    world.relay.cut();
    await desk.current.value?.end();
    await world.clock.until(() => desk.current.value?.state.value === "ended");
    release();
    const { guest: again, page } = world.patient(guestBrowser, link);
    await world.clock.until(() => again.phase.value === "ended");
    await world.clock.until(() => received(again)[0] === "verified");
    expect(again.call.value?.who.value.name).toBe(author.name);
    await world.clock.until(() => boxes(consult) === 1);
    await world.clock.until(() => page.fragment === "");
    expect(guestBrowser.scopes()).toEqual([]);
  });

  it("while the patient's page loads is over, however slow that page's disk is", async () => {
    const consult = await addressed();
    const { world, desk, guestPage, guestBrowser } = consult;
    const link = guestPage.fragment;
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    world.relay.cut();
    await desk.current.value?.end();
    await world.clock.until(() => desk.current.value?.state.value === "ended");
    guestBrowser.disk = () => new Promise((done) => void world.clock.after(500, done));
    const { guest: again } = world.patient(guestBrowser, link);
    await world.clock.until(() => again.phase.value === "ended");
    await world.clock.advance(5_000);
    expect(again.phase.value).toBe("ended");
    expect(received(again)).toEqual(["verified"]);
    expect(guestBrowser.scopes()).toEqual([]);
  });

  it("keeps what opens the mailbox until the server could be asked", async () => {
    const consult = await addressed();
    const { world, desk, guest, guestPage, guestBrowser } = consult;
    const release = withhold(consult);
    await send(consult);
    await world.clock.until(() => sent(consult) === "sent");
    world.relay.mailboxes.down = true;
    await desk.current.value?.end();
    await world.clock.until(() => guest.phase.value === "ended");
    await world.clock.advance(30_000);
    expect(guest.problem.value?.key).toBe("documents_pending");
    expect(boxes(consult)).toBe(2);
    expect(guestPage.fragment).not.toBe("");
    // Of the session nothing is left.
    expect(guestBrowser.names("guest:", "call")).toEqual([]);
    world.relay.mailboxes.down = false;
    release();
    await world.clock.until(() => received(guest)[0] === "verified");
    await world.clock.until(() => boxes(consult) === 1 && guestPage.fragment === "");
    expect(guest.problem.value).toBeNull();
    await settle();
    expect(guestBrowser.scopes()).toEqual([]);
  });
});

describe("a receipt", () => {
  it("of somebody who was sent back is taken", async () => {
    const consult = await addressed();
    const { world } = consult;
    await send(consult);
    const release = withhold(consult);
    await world.clock.until(() => sent(consult) === "sent");
    await sendBack(consult);
    release();
    await world.clock.advance(2_000);
    await admit(consult);
    expect(sent(consult)).toBe("verified");
  });

  it("that comes while the desk's page loads is taken", async () => {
    const consult = await addressed();
    const { world, desk } = consult;
    await send(consult);
    const release = withhold(consult);
    await world.clock.until(() => sent(consult) === "sent");
    await world.clock.advance(2_000);
    release();
    const { desk: again } = world.doctor("");
    await world.clock.until(() => deskCall(again)?.documents.value[0]?.state === "verified");
    expect(desk.phase.value).toBe("elsewhere");
  });
});
