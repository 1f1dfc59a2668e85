const { execSync } = require("child_process");
const { Worker, isMainThread } = require("worker_threads");
const fs = require("fs");
const os = require("os");
const path = require("path");
const directory = fs.mkdtempSync(path.join(os.tmpdir(), "init-"));
fs.writeFileSync(path.join(directory, "file"), "text");
if (execSync("echo word").toString() !== "word\n") throw new Error("child");
new Worker("require('worker_threads').parentPort.postMessage(7)", { eval: true }).on("message", async (value) => {
  await fs.promises.rm(directory, { recursive: true });
  console.log(value === 7 && isMainThread ? "well" : "ill");
});
