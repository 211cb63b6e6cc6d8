import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { type KeptDevice, LABEL_UNITS } from "../devices.ts";
import type { DocumentsModel } from "../documents.ts";

interface DevicesProps {
  readonly documents: DocumentsModel;
}

/** Which devices show the same, one more, ways back, and going on without the others. */
export function Devices({ documents }: DevicesProps) {
  const say = useTexts("keeping");
  const [asking, ask] = useState(false);
  const busy = documents.busy.value;
  const helps = (documents.helping.value?.people.value.length ?? 0) > 0;
  return (
    <section class="stack">
      <h2>{say("devices")}</h2>
      <p class="soft">{say("devicesLead")}</p>
      {documents.alone.value && (
        <Notice icon="check">
          <p role="status">{say("aloneDone")}</p>
        </Notice>
      )}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="kept-list">
        {documents.devices.value.map((device) => (
          <Device key={device.id} device={device} documents={documents} />
        ))}
      </ul>
      <div class="actions">
        <Button disabled={busy} onPress={() => documents.addDevice()}>
          {say("addDevice")}
        </Button>
        <Button disabled={busy} onPress={() => documents.changeWays()}>
          {say("ways")}
        </Button>
        <Button disabled={busy} look="quiet" onPress={() => ask(true)}>
          {say("alone")}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={say("aloneTitle")}
          confirm={say("aloneConfirm")}
          onConfirm={() => void documents.takeOthersOut()}
          onClose={() => ask(false)}
        >
          {say("aloneText")}
          {helps && ` ${say("aloneHelping")}`}
        </Confirm>
      )}
    </section>
  );
}

interface DeviceProps extends DevicesProps {
  readonly device: KeptDevice;
}

function Device({ device, documents }: DeviceProps) {
  const say = useTexts("keeping");
  const moment = useMoment({ dateStyle: "long" });
  const [naming, name] = useState(false);
  const label = device.label || say("deviceNameless");
  return (
    <li class="kept-line kept-device">
      {naming ? (
        <Rename device={device} documents={documents} onDone={() => name(false)} />
      ) : (
        <>
          <div>
            <strong>{label}</strong> {device.here && <span class="tag">{say("deviceHere")}</span>}
            <p class="small soft">{say("deviceSince", { day: moment(new Date(device.since)) })}</p>
          </div>
          <Button compact look="quiet" onPress={() => name(true)}>
            {say("deviceRename")}
            <span class="visually-hidden"> {label}</span>
          </Button>
        </>
      )}
    </li>
  );
}

function Rename({ device, documents, onDone }: DeviceProps & { readonly onDone: () => void }) {
  const say = useTexts("keeping");
  const [label, setLabel] = useState(device.label);
  return (
    <form
      class="copy-row"
      onSubmit={(event) => {
        event.preventDefault();
        void documents.renameDevice(device.id, label).then(onDone);
      }}
    >
      <TextField
        label={say("deviceName")}
        value={label}
        onInput={setLabel}
        maxLength={LABEL_UNITS}
      />
      <Button submit>{say("deviceSave")}</Button>
    </form>
  );
}
