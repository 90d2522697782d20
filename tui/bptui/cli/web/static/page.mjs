// Shows the visitor's session in a terminal. Binary messages are what the session writes and what is typed;
// text messages are JSON. The session's token is the part of the address after "#", which no log ever gets.
import { FitAddon } from "./addon-fit.mjs";
import { Terminal } from "./xterm.mjs";

const ENDED = 1000, MISUNDERSTOOD = 1003, REFUSED = 1008, ELSEWHERE = 4001, FULL = 4002, FAILED = 4003, INTERRUPTED = 4004;
// The server says how large the window, an uploaded file and a message may be, in columns and rows or in bytes.
const LIMITS = JSON.parse(document.getElementById("screen").dataset.limits);
const PIECE = LIMITS.message >> 1; // of a message, which has a third more in base64
const FINAL = {
  [ENDED]: "The session has ended, and the run is kept. Press Enter to open it again.",
  [INTERRUPTED]: "The session ended unexpectedly. Press Enter to continue with what is kept of it.",
  [FAILED]: "The session could not begin; the server's log says why. Press Enter to try again.",
  [MISUNDERSTOOD]: "The server does not understand this page. Reload it.",
  [REFUSED]: "This address is not valid. Ask for the whole link, with everything after #.",
  [ELSEWHERE]: "Another window shows this session. Press Enter to show it here.",
  [FULL]: "The server is full. Press Enter to try again.",
};
const WIDTHS = [8, 7, 6, 5]; // of a cell, in pixels
const CELL = 0.60205; // the width of a character of size 1

let [key, token] = location.hash.slice(1).split(".");
if (!token) {
  token = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  history.replaceState(null, "", `#${key}.${token}`);
}
addEventListener("hashchange", () => location.reload());

const font = (width) => width / CELL;
await Promise.all(["", "bold "].map((weight) => document.fonts.load(`${weight}${font(WIDTHS[0])}px bptui`)));
const message = document.getElementById("message"), chooser = document.getElementById("file");
const terminal = new Terminal({
  fontFamily: "bptui, monospace",
  fontSize: font(WIDTHS[0]),
  scrollback: 0,
  theme: { background: "#121212" },
  macOptionClickForcesSelection: true,
});
const fitting = new FitAddon();
terminal.loadAddon(fitting);
terminal.open(document.getElementById("screen"));
chooser.accept = LIMITS.ending;

let socket, hiding, isNew, pause = 0; // isNew: nothing has come on this connection

function say(text, seconds = 0) {
  clearTimeout(hiding);
  message.textContent = text;
  message.hidden = !text;
  if (seconds) hiding = setTimeout(say, 1000 * seconds, "");
}

function send(fields) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(fields instanceof Uint8Array ? fields : JSON.stringify(fields));
}

// The largest characters with which the smallest screen fits.
function fit() {
  for (const width of WIDTHS) {
    terminal.options.fontSize = font(width);
    const { cols, rows } = fitting.proposeDimensions() ?? { cols: 0, rows: 0 };
    if (cols >= LIMITS.size[0] && rows >= LIMITS.size[1]) break;
  }
  fitting.fit();
}

function connect() {
  socket = new WebSocket(new URL("socket", location.origin.replace(/^http/, "ws") + location.pathname));
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    terminal.reset();
    isNew = true;
    send({ key, token, columns: terminal.cols, rows: terminal.rows });
    if (document.hidden) send({ shown: false });
  };
  socket.onmessage = ({ data }) => {
    if (isNew) {
      say("");
      isNew = false;
      pause = 0;
    }
    if (typeof data === "string") take(JSON.parse(data));
    else terminal.write(new Uint8Array(data));
  };
  socket.onclose = ({ code }) => {
    socket = undefined;
    if (code in FINAL) {
      say(FINAL[code]);
      return;
    }
    pause = Math.min(10, pause + 1);
    say(`The connection is lost; the run goes on. Trying again in ${pause} s.`);
    setTimeout(connect, 1000 * pause);
  };
}

function take({ name, data, problem }) {
  if (problem) {
    say(problem, 6);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (character) => character.charCodeAt(0))]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function upload(file) {
  if (!file.name.toLowerCase().endsWith(LIMITS.ending) || file.size > LIMITS.upload) {
    say(`Only a CSV file of at most ${LIMITS.upload / 1e6} MB can be opened.`, 6);
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (let start = 0, last = false; !last; start += PIECE) {
    last = start + PIECE >= bytes.length;
    const data = btoa(String.fromCharCode(...bytes.subarray(start, start + PIECE)));
    send({ upload: file.name, data, start, last });
  }
}

terminal.parser.registerOscHandler(7348, (text) => {
  if (text === "upload") chooser.click();
  else send({ fetch: text.slice(text.indexOf(";") + 1) });
  return true;
});
terminal.attachCustomKeyEventHandler((event) => {
  if (!socket && event.type === "keydown" && event.key === "Enter") {
    say("");
    connect();
    return false;
  }
  if (event.ctrlKey && event.key === "c" && terminal.hasSelection()) {
    setTimeout(() => terminal.clearSelection()); // when it is copied
    return false;
  }
  if (event.ctrlKey && event.key === "Backspace" && event.type === "keydown") {
    send(new Uint8Array([0x17])); // as ctrl+w, with which browsers close the page
    return false;
  }
  return !(event.ctrlKey && event.key === "v");
});
terminal.onData((text) => {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += PIECE) send(bytes.subarray(start, start + PIECE));
});
terminal.onResize(({ cols, rows }) => send({ columns: cols, rows }));
chooser.onchange = () => {
  if (chooser.files[0]) upload(chooser.files[0]);
  chooser.value = "";
  terminal.focus();
};
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) upload(event.dataTransfer.files[0]);
});
addEventListener("resize", fit);
document.addEventListener("visibilitychange", () => send({ shown: !document.hidden }));

fit();
terminal.focus();
connect();
