import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { ShowDevice } from "../../adding/view/show-device.tsx";
import type { DeskModel, DevicesModel, OwnDevice } from "../desk.ts";

/** What fits beside the name of an owner's other devices. */
const LABEL_UNITS = 40;

/** The practitioner's devices: which there are, one more, or one less. */
export function OwnDevices({ desk, devices }: { desk: DeskModel; devices: DevicesModel }) {
  const say = useTexts("desk");
  useEffect(() => {
    void devices.load();
    return () => devices.stopAdding();
  }, [devices]);
  const adding = devices.adding.value;
  const ways = desk.ways.value?.there.value ?? false;
  if (adding) {
    return (
      <ShowDevice
        model={adding}
        onAgain={() => devices.add()}
        onDone={() => devices.stopAdding()}
      />
    );
  }
  const unfinished = devices.unfinished.value;
  return (
    <div class="stack loose">
      {desk.lost.value && (
        <Notice tone="warn">
          <p>{say("lostNote")}</p>
        </Notice>
      )}
      <p class="soft">{say("devicesLead")}</p>
      {unfinished && (
        <Notice
          tone="alert"
          actions={
            <Button compact onPress={() => devices.withdraw(unfinished)}>
              {say("devicesFinish")}
            </Button>
          }
        >
          <p>{say("devicesUnfinished")}</p>
        </Notice>
      )}
      <List devices={devices} changeable={ways} />
      <ProblemNotice problem={devices.problem.value} />
      {!ways && (
        <Notice>
          <p>{say("devicesWaysFirst")}</p>
        </Notice>
      )}
      <div class="actions">
        <Button look="main" icon="plus" disabled={!ways} onPress={() => devices.add()}>
          {say("deviceAdd")}
        </Button>
      </div>
    </div>
  );
}

function List({ devices, changeable }: { devices: DevicesModel; changeable: boolean }) {
  const say = useTexts("desk");
  const all = devices.list.value;
  if (!all) {
    return devices.problem.value ? null : (
      <p class="soft" role="status">
        {say("devicesLoading")}
      </p>
    );
  }
  const gone = all.filter(({ until }) => until !== null);
  return (
    <>
      <ul class="bare devices">
        {all
          .filter(({ until }) => until === null)
          .map((one) => (
            <Device key={one.id} device={one} devices={devices} changeable={changeable} />
          ))}
      </ul>
      {gone.length > 0 && (
        <details>
          <summary>{say("devicesGone")}</summary>
          <ul class="bare devices">
            {gone.map((one) => (
              <Gone key={one.id} device={one} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

interface DeviceProps {
  readonly device: OwnDevice;
  readonly devices: DevicesModel;
  /** There are ways back, one of which it takes to withdraw one. */
  readonly changeable: boolean;
}

function Device({ device, devices, changeable }: DeviceProps) {
  const say = useTexts("desk");
  const day = useMoment({ day: "numeric", month: "long", year: "numeric" });
  const [asking, ask] = useState<"rename" | "withdraw" | null>(null);
  const label = device.label || say("deviceNameless");
  if (asking === "rename") {
    return (
      <li>
        <Rename device={device} devices={devices} onDone={() => ask(null)} />
      </li>
    );
  }
  return (
    <li class="device">
      <div>
        <strong>{label}</strong> {device.here && <span class="tag">{say("deviceHere")}</span>}
        <p class="small soft">{say("deviceSince", { day: day(new Date(device.since)) })}</p>
      </div>
      <div class="row">
        <Button compact look="quiet" onPress={() => ask("rename")}>
          {say("deviceRename")}
          <span class="visually-hidden"> {label}</span>
        </Button>
        {!device.here && (
          <Button compact look="quiet" disabled={!changeable} onPress={() => ask("withdraw")}>
            {say("deviceWithdraw")}
            <span class="visually-hidden"> {label}</span>
          </Button>
        )}
      </div>
      {asking === "withdraw" && (
        <Confirm
          title={say("deviceWithdrawTitle", { label })}
          confirm={say("deviceWithdraw")}
          onConfirm={() => void devices.withdraw(device.id)}
          onClose={() => ask(null)}
        >
          {say("deviceWithdrawText")}
        </Confirm>
      )}
    </li>
  );
}

function Rename({
  device,
  devices,
  onDone,
}: Omit<DeviceProps, "changeable"> & { onDone: () => void }) {
  const say = useTexts("desk");
  const [label, setLabel] = useState(device.label);
  return (
    <form
      class="copy-row"
      onSubmit={(event) => {
        event.preventDefault();
        void devices.rename(device.id, label.trim()).then(onDone);
      }}
    >
      <TextField
        label={say("deviceName")}
        value={label}
        onInput={setLabel}
        maxLength={LABEL_UNITS}
      />
      <Button submit>{say("save")}</Button>
    </form>
  );
}

function Gone({ device }: { device: OwnDevice }) {
  const say = useTexts("desk");
  const day = useMoment({ day: "numeric", month: "long", year: "numeric" });
  return (
    <li class="device">
      <span class="soft">
        {device.label || device.id.slice(0, 8)},{" "}
        {say("deviceUntil", { day: day(new Date(device.until ?? 0)) })}
      </span>
    </li>
  );
}
