import { useTexts } from "../../../ui/context.tsx";
import { Page } from "../../../ui/page.tsx";
import "./landing.css";

/** The page at the address itself, for who comes without a link. */
export function Landing() {
  const say = useTexts("landing");
  return (
    <Page foot={say("source")}>
      <div class="landing">
        <div class="aside landing-head">
          <div class="stack loose">
            <h1>{say("title")}</h1>
            <p class="landing-lead">{say("lead")}</p>
          </div>
        </div>
        <div class="landing-doors">
          <section class="panel stack">
            <h2>{say("patientTitle")}</h2>
            <p>{say("patientText")}</p>
            <p>
              <a class="button" href="/directory/">
                {say("directory")}
              </a>
            </p>
          </section>
          <section class="panel stack">
            <h2>{say("doctorTitle")}</h2>
            <p>{say("doctorText")}</p>
            <p>
              <a class="button" href="/desk/">
                {say("desk")}
              </a>
            </p>
          </section>
        </div>
        <p class="small soft landing-limits">{say("limits")}</p>
      </div>
    </Page>
  );
}
