import type { ComponentChildren } from "preact";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import type { MediaModel } from "../../media/devices.ts";
import { Video } from "../../media/view/video.tsx";
import type { CallModel } from "../call.ts";
import { type Attendee, distinctNames } from "../group.ts";
import { OwnVideo } from "./own-video.tsx";

interface StageProps {
  readonly people: readonly Attendee[];
  readonly media: MediaModel;
  /** False while the pictures alone are drawn. */
  readonly whole?: boolean;
  /** At the first frame of somebody's picture. */
  readonly onFrame?: (() => void) | undefined;
  readonly controls: ComponentChildren;
  /** Where one of several people is chosen for what concerns one alone: by their key. */
  readonly choice?: { readonly chosen: string; choose(key: string): void };
}

/** The others' pictures, large; one's own in a corner; what to press in a row below. */
export function Stage({ people, media, whole = true, onFrame, controls, choice }: StageProps) {
  const say = useTexts("consult");
  const names = distinctNames(people);
  const many = people.length > 1;
  return (
    <section class="stage" aria-label={say("call")}>
      <div class="stage-picture">
        <div class={many ? `tiles of-${people.length}` : "tiles"}>
          {people.map((person, index) => (
            <Tile
              key={person.key}
              person={person}
              many={many}
              name={names[index] ?? ""}
              media={media}
              onFrame={onFrame}
            >
              {many && choice && (
                <button
                  type="button"
                  class="tile-name"
                  aria-pressed={choice.chosen === person.key}
                  onClick={() => choice.choose(person.key)}
                >
                  {names[index]}
                </button>
              )}
              {many && !choice && <p class="tile-name">{names[index]}</p>}
            </Tile>
          ))}
        </div>
        {media.screen.value && (
          <div class="stage-flags own-screen">
            <p class="flag light">
              <Icon name="screen" />
              {say("sharingScreen")}
            </p>
          </div>
        )}
        {whole && <OwnVideo media={media} />}
      </div>
      {whole ? controls : <div class="controls" />}
    </section>
  );
}

interface TileProps {
  readonly person: Attendee;
  readonly many: boolean;
  readonly name: string;
  readonly media: MediaModel;
  readonly onFrame: (() => void) | undefined;
  readonly children: ComponentChildren;
}

/** One person's picture, and why there is none where there is none. */
function Tile({ person, many, name, media, onFrame, children }: TileProps) {
  const say = useTexts("consult");
  const call = person.call.value;
  const remote = call?.remote.value ?? null;
  const link = call?.link.value ?? "connecting";
  const { audio, video, screen } = call?.remoteState.value ?? NOTHING_YET;
  const arrived = remote !== null && link !== "connecting";
  const seen = arrived && (video || screen) && link !== "refused";
  return (
    <div class="tile">
      <div class={screen ? "tile-picture whole" : "tile-picture"}>
        <Video
          stream={link === "refused" ? null : remote}
          label={many ? say("remoteVideoOf", { name }) : call && say("remoteVideo")}
          mirrored={false}
          speaker={media.speaker}
          onFrame={onFrame}
        />
        {!seen && <Unseen name={name} link={link} arrived={arrived} />}
        <div class="stage-flags">
          {screen && seen && (
            <p class="flag">
              <Icon name="screen" />
              {say("remoteScreen", { name })}
            </p>
          )}
          {arrived && !audio && (
            <p class="flag">
              <Icon name="micOff" />
              {say("remoteMuted", { name })}
            </p>
          )}
          {link === "reconnecting" && (
            <p class="flag light" role="status">
              <Icon name="clock" />
              {say("reconnecting")}
            </p>
          )}
        </div>
      </div>
      {children}
    </div>
  );
}

const NOTHING_YET = { audio: true, video: true, screen: false };

interface UnseenProps {
  readonly name: string;
  readonly link: CallModel["link"]["value"];
  readonly arrived: boolean;
}

/** Instead of a picture: who it is, and why there is none. */
function Unseen({ name, link, arrived }: UnseenProps) {
  const say = useTexts("consult");
  const state =
    link === "refused"
      ? "pictureRefused"
      : link === "lost"
        ? "pictureLost"
        : arrived
          ? "remoteCameraOff"
          : "pictureComing";
  const initials = name
    .split(/\s+/)
    .filter((word) => /^\p{Lu}/u.test(word))
    .slice(-2)
    .map((word) => word.slice(0, 1))
    .join("");
  return (
    <div class="unseen">
      <span class="initials" aria-hidden="true">
        {initials}
      </span>
      <p role="status">{say(state, { name })}</p>
    </div>
  );
}
