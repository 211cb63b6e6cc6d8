/** A doctor who enrols, and waiting while the fake clock goes on. */
import type { FakeClock } from "./clock.ts";

export const DOCTOR = {
  name: "Dr Camille Exemple",
  profession: "Médecin",
  speciality: "Médecine générale",
  rpps: "10003456786",
  address: "1 rue de l’Exemple\n75001 Paris\nFrance",
  phone: "+33 1 99 00 00 00",
  email: "camille@example.org",
  place: "Paris",
  languages: ["fr"],
  listed: true,
};

/** Lets time pass until it is settled, and gives what it gives. */
export async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let done = false;
  const finish = (): void => {
    done = true;
  };
  promise.then(finish, finish);
  await clock.until(() => done);
  return await promise;
}
