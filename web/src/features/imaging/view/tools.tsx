import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import type { Tool } from "../marking.ts";
import type { ViewerModel } from "../model.ts";
import { fullWindow, PRESETS } from "../painting.ts";
import type { Picture, Window } from "../picture.ts";
import { Picto, type ToolIcon } from "./icons.tsx";

const TOOLS: readonly (readonly [Tool, ToolIcon])[] = [
  ["window", "contrast"],
  ["scroll", "stack"],
  ["pan", "move"],
  ["zoom", "zoom"],
  ["length", "ruler"],
  ["angle", "angle"],
  ["note", "note"],
];

/** What the hand does, and how the picture is shown. */
export function Tools({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const { marking } = model;
  const tool = marking.tool.value;
  return (
    <div class="imaging-tools">
      <fieldset class="imaging-hands">
        <legend class="visually-hidden">{say("tools")}</legend>
        {TOOLS.map(([name, icon]) => (
          <label key={name} title={say(`tool_${name}`)} class={name === tool ? "chosen" : ""}>
            <input
              class="visually-hidden"
              type="radio"
              name="imaging-tool"
              checked={name === tool}
              onChange={() => marking.choose(name)}
            />
            <Picto name={icon} />
            <span>{say(`tool_${name}`)}</span>
          </label>
        ))}
      </fieldset>
      <Presets model={model} />
      <div class="imaging-acts">
        <Button
          compact
          look="quiet"
          pressed={marking.isKey.value}
          onPress={model.toggleKey}
          disabled={model.loading.value || !model.picture.value}
        >
          <Picto name="star" /> {say("keyImage")}
        </Button>
        <Button compact look="quiet" pressed={model.inverted.value} onPress={model.invert}>
          <Picto name="contrast" /> {say("invert")}
        </Button>
        <Button compact look="quiet" icon="flip" onPress={model.reset}>
          {say("reset")}
        </Button>
      </div>
    </div>
  );
}

const NAMES = ["own", "full", "brain", "abdomen", "lung", "bone"] as const;

/** Windows with a name: those of the body only where values are Hounsfield's. */
function Presets({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const picture = model.picture.value;
  if (!picture || picture.content.color) return null;
  const offered = NAMES.filter(
    (name) => picture.unit === "HU" || name === "own" || name === "full",
  );
  const window = model.window.value;
  const current = window ? (offered.find((name) => same(name, window, picture)) ?? "") : "own";
  return (
    <label class="imaging-presets">
      <span class="visually-hidden">{say("presets")}</span>
      <select
        value={current}
        onChange={(event) => {
          const name = NAMES.find((one) => one === event.currentTarget.value);
          if (name) model.usePreset(name);
        }}
      >
        {current === "" && <option value="">{say("preset_manual")}</option>}
        {offered.map((name) => (
          <option key={name} value={name}>
            {say(`preset_${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function same(name: (typeof NAMES)[number], window: Window, picture: Picture): boolean {
  if (name === "own") return false;
  const { center, width } = name === "full" ? fullWindow(picture) : PRESETS[name];
  return center === window.center && width === window.width;
}
