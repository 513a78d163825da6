// A traceback, whose places can be opened where the host can open files.

import { usePage } from "./page";
import { Pre } from "./pre";

const PLACE = /^(\s*File ")(.+)(", line )(\d+)(, in .*)?$/;

export function Traceback({ text }: { text: string }) {
  const { host } = usePage();
  const { open } = host;
  return (
    <Pre class="traceback">
      {text.split("\n").map((line, n) => {
        const found = PLACE.exec(line);
        const [, before, path = "", between, number = "1", after = ""] = found ?? [];
        return (
          <div key={n} class={found === null ? "" : "place"}>
            {found === null ? (
              line || " "
            ) : (
              <>
                {before}
                {open === undefined ? (
                  path
                ) : (
                  <button type="button" class="link" onClick={() => open({ path, line: Number(number) })}>
                    {path}
                  </button>
                )}
                {between}
                {number}
                {after}
              </>
            )}
          </div>
        );
      })}
    </Pre>
  );
}
