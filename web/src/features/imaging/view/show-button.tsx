import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import "./shown.css";

/** Begins to show images. Alone: what follows is large, and fetched when it is pressed. */
export function ShowButton({ onPress }: { readonly onPress: () => void }) {
  const say = useTexts("imaging");
  return (
    <div class="actions shown-tool">
      <Button compact icon="photo" onPress={onPress}>
        {say("showImages")}
      </Button>
    </div>
  );
}
