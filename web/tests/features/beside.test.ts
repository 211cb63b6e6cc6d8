/** What goes through a session for features that are fetched late. */
import { expect, it } from "vitest";
import { text, utf8 } from "../../src/sealing/encoding.ts";
import { settle } from "./world/clock.ts";
import { deskCall, secure, talking } from "./world/consults.ts";

it("keeps the newest of each type for who reads it later, and nothing of an exchange before", async () => {
  const consult = await talking();
  const { world, desk, guest, guestBrowser } = consult;
  const hand = guest.call.value?.beside ?? expect.fail();
  const beside = () => deskCall(desk)?.beside ?? expect.fail();
  const say = (said: object): void => hand.say(utf8(JSON.stringify(said)));
  const heard = (): readonly unknown[] => beside().heard.value.map((one) => JSON.parse(text(one)));
  say({ t: "show" });
  for (let n = 1; n <= 40; n += 1) say({ t: "look", n });
  await world.clock.until(() => heard().length === 2);
  await world.clock.advance(500);
  expect(heard()).toEqual([{ t: "show" }, { t: "look", n: 40 }]);
  for (let n = 1; n <= 20; n += 1) say({ t: `other-${n}` });
  await world.clock.advance(500);
  expect(heard()).toHaveLength(8);
  const before = beside().exchanges.value;
  const { guest: again } = world.patient(guestBrowser);
  await world.clock.until(
    () => secure({ desk, guest: again }) && beside().exchanges.value > before,
  );
  await settle();
  expect(heard()).toEqual([]);
});
