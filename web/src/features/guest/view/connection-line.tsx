import { useEffect } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { ConnectionTest } from "../../media/connection-test.ts";

const RESULT = {
  idle: ["clock", "testRunning"],
  running: ["clock", "testRunning"],
  good: ["check", "testGood"],
  "relay-only": ["check", "testGood"],
} as const;

/** The connection test, run by itself; a person only reads whether it went well. */
export function ConnectionLine({ test }: { test: ConnectionTest }) {
  const say = useTexts("guest");
  useEffect(() => {
    if (test.state.peek() === "idle") void test.run();
  }, [test]);
  const state = test.state.value;
  if (state === "failed") {
    return (
      <Notice
        tone="warn"
        actions={
          <Button compact onPress={() => test.run()}>
            {say("testAgain")}
          </Button>
        }
      >
        <p>{say("testFailed")}</p>
      </Notice>
    );
  }
  const [icon, key] = RESULT[state];
  return (
    <div class={`connection-line ${state}`}>
      <p role="status">
        <Icon name={icon} />
        <span>{say(key)}</span>
      </p>
    </div>
  );
}
