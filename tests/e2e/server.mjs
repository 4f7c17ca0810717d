// A guestguard of a test's own: a free port, an empty data folder, SQLite or a new PostgreSQL database.
// It may be stopped and started again on the same port with the same data, as an operator would.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A start that takes longer hangs; ready is promised in a fraction of it. */
const START_MS = 20_000;
/** The server promises to let go of everything after 8 s. */
const STOP_MS = 15_000;
/** Enough of the log to see what went wrong. */
const LOG_LINES_MAX = 400;

const BINARY = needed("GG_BIN", "the path of the guestguard binary");

export class Server {
  #process = null;
  #folder;
  #env;
  #log = [];
  /** `http://127.0.0.1:port`; the same after a restart. */
  url = "";
  /** Where the first account is made; null once there is one. */
  setupLink = null;

  /** Starts a server on `sqlite` or `postgres`, with further settings. */
  static async start(database, settings = {}) {
    const server = new Server();
    server.#folder = await mkdtemp(join(tmpdir(), "guestguard-e2e-"));
    server.#env = {
      ...withoutOurs(process.env),
      GUESTGUARD_DATA_DIR: join(server.#folder, "data"),
      GUESTGUARD_LISTEN: "127.0.0.1:0",
      ...settings,
    };
    try {
      if (database === "postgres") server.#env.GUESTGUARD_DATABASE_URL = newPostgres();
      await server.#launch();
    } catch (error) {
      await server.discard();
      throw error;
    }
    server.#env.GUESTGUARD_LISTEN = new URL(server.url).host;
    return server;
  }

  /** Stops it as an operator does and fails unless it ends well. */
  async stop() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MS);
    const [code, signal] = await ended;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}\n${this.log()}`);
  }

  /** Stops it and starts it again with the same data on the same port. */
  async restart(whileDown = async () => {}) {
    await this.stop();
    await whileDown();
    await this.#launch();
  }

  /** Ends it in any state and takes its data away. */
  async discard() {
    if (this.#process && this.#process.exitCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The last lines of its log. */
  log() {
    return this.#log.join("\n");
  }

  async #launch() {
    const child = spawn(BINARY, ["serve"], { env: this.#env, cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.#log.push(line);
      if (this.#log.length > LOG_LINES_MAX) this.#log.shift();
    });
    this.setupLink = null;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (/^https?:\/\/\S+\/setup\?token=\S+$/.test(line)) this.setupLink = line;
    });
    await until(START_MS, () => `the server is not ready\n${this.log()}`, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}\n${this.log()}`);
      // The first start takes a free port, which the setup link names; later ones are told it.
      if (!this.url && this.setupLink) this.url = new URL(this.setupLink).origin;
      return this.url && (await fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false));
    });
  }
}

/** Asks every 50 ms until the answer is true. */
async function until(limitMs, complaint, isTrue) {
  const end = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(complaint());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A new database on the server of scripts/services. */
function newPostgres() {
  const server = needed("GUESTGUARD_TEST_POSTGRES_URL", "a PostgreSQL to make databases in; see scripts/services");
  const name = `e2e_${process.pid}_${Date.now()}`;
  execFileSync("psql", ["--quiet", "--no-psqlrc", "--command", `create database ${name}`, server]);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The binary refuses variables of ours that it does not know; those of tests are none of its business. */
function withoutOurs(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GUESTGUARD_")));
}

function needed(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: ${what}`);
  return value;
}
