import { Landing } from "./features/landing/view/landing.tsx";
import { start } from "./start.tsx";

void start(() => <Landing />, "landing");
